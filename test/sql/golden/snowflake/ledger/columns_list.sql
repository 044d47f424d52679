select lower(table_name) as relation, lower(column_name) as name
from information_schema.columns
where table_schema = 'SCOREHOUSE'
  and lower(table_name) in ('migrations', 'runs')
