create schema if not exists "SCOREHOUSE"
