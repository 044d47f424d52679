select "CUSTOMER_ID", "Region" from "ANALYTICS"."CUSTOMERS" where customer_id > 65536
