select current_user as "user", current_setting('server_version') as version, pg_is_in_recovery() as replica,
  (select reset_val = 'on' from pg_catalog.pg_settings where name = 'default_transaction_read_only') as reads_only,
  (select rolsuper from pg_catalog.pg_roles where rolname = current_user) as super,
  has_database_privilege(current_database(), 'create') as makes_schemas
