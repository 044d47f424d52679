do $do$ begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'scorer_reader') then
    create role "scorer_reader" nologin;
  end if;
end $do$
