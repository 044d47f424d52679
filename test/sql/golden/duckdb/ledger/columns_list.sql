select table_name as relation, column_name as name from information_schema.columns
where table_catalog = current_database() and table_schema = 'scorehouse'
  and table_name in ('migrations', 'runs')
