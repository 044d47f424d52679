select count(*) as row_count, count("score"), cast(min("score") as double precision), cast(max("score") as double precision), count("Region")
from "predictions"."churn__v7"
