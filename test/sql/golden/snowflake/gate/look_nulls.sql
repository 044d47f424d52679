select * from "PREDICTIONS"."CHURN__V7" where "CUSTOMER_ID" is null or "Region" is null limit 100
