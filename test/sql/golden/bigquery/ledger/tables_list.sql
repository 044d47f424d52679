select table_name from `scorehouse`.INFORMATION_SCHEMA.TABLES order by table_name
