select n.nspname as schema, c.relname as name, r.rolname as role, c.relkind = 'v' as view,
  pg_get_userbyid(c.relowner) as owner, pg_has_role(r.oid, c.relowner, 'usage') as owns,
  has_table_privilege(r.oid, c.oid, 'select') or has_any_column_privilege(r.oid, c.oid, 'select') as reads,
  has_table_privilege(r.oid, c.oid, 'insert') as inserts, has_table_privilege(r.oid, c.oid, 'update') as updates
from (values ('analytics', 'customers'), ('scorehouse', 'run_log')) as s(schema, name)
join pg_catalog.pg_namespace as n on n.nspname = s.schema
join pg_catalog.pg_class as c on c.relnamespace = n.oid and c.relname = s.name and c.relkind in ('r', 'p', 'v', 'm', 'f')
cross join pg_catalog.pg_roles as r
where r.rolname in ('scorer', 'template_reader')
