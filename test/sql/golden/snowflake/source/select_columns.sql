select "CUSTOMER_ID", "Region" from "ANALYTICS"."CUSTOMERS"
