select 1 as found
from (
  select count(*) as tables from `scorehouse`.INFORMATION_SCHEMA.TABLES
) as dataset
