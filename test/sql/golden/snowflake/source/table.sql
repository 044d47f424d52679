select * from "ANALYTICS"."CUSTOMERS"
