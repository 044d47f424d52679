select "CUSTOMER_ID", "Region" from "SCOREHOUSE"."IN_00000000002A" where _row > cast('65536' as number(19,0))
