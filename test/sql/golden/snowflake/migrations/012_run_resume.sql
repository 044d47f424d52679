alter table "SCOREHOUSE"."RUN_LOG" add column if not exists resume varchar
