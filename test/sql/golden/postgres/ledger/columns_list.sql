select c.relname as relation, a.attname as name
from pg_catalog.pg_namespace as n
join pg_catalog.pg_class as c on c.relnamespace = n.oid
join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname = 'scorehouse' and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and c.relname in ('migrations', 'runs')
