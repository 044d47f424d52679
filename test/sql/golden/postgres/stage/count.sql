select count(*) as row_count from "predictions"."churn__v7"
