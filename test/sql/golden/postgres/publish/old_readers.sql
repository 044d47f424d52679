select count(*) as readers
from pg_catalog.pg_stat_activity as a, "scorehouse"."publishes" as p
where p.target = 'churn' and p.publish_seq = cast('3' as bigint)
  and (a.backend_type = 'walsender' or (a.datname = current_database() and a.usesysid is not null))
  and a.backend_xmin is not null and a.pid <> pg_backend_pid() and age(a.backend_xmin) >= age(p.xmin)
