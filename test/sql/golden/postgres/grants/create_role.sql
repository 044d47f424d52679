do $do$ begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'o''scorer') then
    create role "o'scorer" login;
  end if;
end $do$
