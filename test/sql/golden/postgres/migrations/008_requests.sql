create table if not exists "scorehouse"."requests" (
  request_id text not null, target text not null, requested_by text, payload text, requested_at timestamp with time zone not null,
  state text not null, run_id uuid, updated_at timestamp with time zone not null
)
