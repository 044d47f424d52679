alter table "SCOREHOUSE"."RUN_LOG" add column if not exists rows_superseded number(19,0)
