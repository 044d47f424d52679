create table if not exists "scorehouse"."requests" (
  request_id varchar not null, target varchar not null, requested_by varchar, payload varchar, requested_at timestamptz not null,
  state varchar not null, run_id uuid, updated_at timestamptz not null
)
