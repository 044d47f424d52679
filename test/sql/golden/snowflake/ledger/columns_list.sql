select table_name as relation, column_name as name
from information_schema.columns
where table_schema = 'SCOREHOUSE'
  and table_name in ('MIGRATIONS', 'RUNS')
