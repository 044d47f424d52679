select case g.grantee when 0 then 'public' else pg_get_userbyid(g.grantee) end as role, bool_or(g.is_grantable) as hands_on
from pg_catalog.pg_class as c cross join lateral aclexplode(c.relacl) as g
where c.oid = to_regclass('"predictions"."churn"') and g.privilege_type = 'SELECT' and g.grantee <> c.relowner
group by 1 order by 1
