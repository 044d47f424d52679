create schema if not exists `scorehouse`
