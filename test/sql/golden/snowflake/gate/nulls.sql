select count(*) as row_count, count("SCORE"), count("LEVEL") from "PREDICTIONS"."CHURN__V7"
