create table "scorehouse"."in_00000000002a" as
select row_number() over (order by "customer_id", "Region" collate "C") as _row, "customer_id", "Region", "tenure"
from (select * from analytics.customers -- all of them
) as source order by "customer_id", "Region" collate "C"
