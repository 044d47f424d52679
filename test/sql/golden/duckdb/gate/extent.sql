select count(*) as row_count, count("score"), cast(min("score") as double), cast(max("score") as double), null, null, count("level"), cast(min("level") as double), cast(max("level") as double), null, null, count("Region")
from "predictions"."churn__v7"
