select c.relname as name, i.inhdetachpending as pending
from pg_catalog.pg_inherits as i join pg_catalog.pg_class as c on c.oid = i.inhrelid
where i.inhparent = to_regclass('"predictions"."churn__versions"') order by c.relname
