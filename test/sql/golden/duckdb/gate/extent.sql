select count(*) as row_count, count("score"), cast(min("score") as double), cast(max("score") as double), count("Region")
from "predictions"."churn__v7"
