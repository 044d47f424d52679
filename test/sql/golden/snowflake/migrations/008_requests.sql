create table if not exists "SCOREHOUSE"."REQUESTS" (
  request_id varchar not null, target varchar not null, requested_by varchar, payload varchar, requested_at timestamp_tz(6) not null,
  state varchar not null, run_id varchar(36), updated_at timestamp_tz(6) not null
)
