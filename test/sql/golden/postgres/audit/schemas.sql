select s.name as schema, r.rolname as role, n.oid is not null as there,
  has_schema_privilege(r.oid, n.oid, 'usage') as usage, has_schema_privilege(r.oid, n.oid, 'create') as "create"
from (values ('scorehouse'), ('no"where')) as s(name)
left join pg_catalog.pg_namespace as n on n.nspname = s.name
cross join pg_catalog.pg_roles as r
where r.rolname in ('scorer', 'template_reader')
