create table "SCOREHOUSE"."IN_00000000002A" as
select row_number() over (order by "CUSTOMER_ID", collate("Region", 'utf8')) as _row, "CUSTOMER_ID", "Region", "TENURE"
from (select * from analytics.customers -- all of them
) as source order by "CUSTOMER_ID", collate("Region", 'utf8')
