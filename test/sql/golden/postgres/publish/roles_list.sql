select r.rolname as role,
  has_schema_privilege(r.oid, to_regnamespace('"predictions"'), 'usage') as uses,
  has_table_privilege(r.oid, to_regclass('"predictions"."churn"'), 'select') as reads
from pg_catalog.pg_roles as r
where r.rolname in ('template_reader', 'public')
