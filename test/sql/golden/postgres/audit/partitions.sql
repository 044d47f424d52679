select c.relname as name
from pg_catalog.pg_namespace as n
join pg_catalog.pg_class as p on p.relnamespace = n.oid
join pg_catalog.pg_inherits as i on i.inhparent = p.oid
join pg_catalog.pg_class as c on c.oid = i.inhrelid
where n.nspname = 'predictions' and p.relname = 'churn__versions' order by c.relname
