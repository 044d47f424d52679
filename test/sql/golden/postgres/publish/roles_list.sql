select r.role,
  has_schema_privilege(r.role, to_regnamespace('"predictions"')::oid, 'usage') as uses,
  has_table_privilege(r.role, to_regclass('"predictions"."churn"')::oid, 'select') as reads,
  has_schema_privilege(to_regnamespace('"predictions"')::oid, 'usage with grant option') as admits
from (select rolname as role from pg_catalog.pg_roles union all select 'public') as r
where r.role in ('template_reader', 'public')
