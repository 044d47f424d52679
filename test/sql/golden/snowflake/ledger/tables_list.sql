select table_name from information_schema.tables where table_schema = 'SCOREHOUSE' order by table_name
