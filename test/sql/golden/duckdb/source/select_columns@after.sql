select "customer_id", "Region" from "scorehouse"."in_00000000002a" where _row > cast('65536' as bigint)
