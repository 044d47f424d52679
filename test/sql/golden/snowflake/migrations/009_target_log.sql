create table if not exists "SCOREHOUSE"."TARGET_LOG" (
  target varchar not null, seq number(10,0) not null, owner varchar, description varchar, relation varchar not null, max_age_seconds float,
  ready_by varchar, logged_at timestamp_tz(6) not null
)
