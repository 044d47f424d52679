select distinct g.grantee as role from information_schema.role_table_grants as g
where g.table_schema = 'predictions' and g.table_name = 'churn' and g.privilege_type = 'SELECT' and g.grantee <> g.grantor
