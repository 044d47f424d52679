select table_name as relation, column_name as name
from `scorehouse`.INFORMATION_SCHEMA.COLUMNS
where table_name in ('migrations', 'runs')
