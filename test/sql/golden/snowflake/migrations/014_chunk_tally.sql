alter table "SCOREHOUSE"."CHUNKS" add column if not exists tally varchar
