select * from "predictions"."churn__v7" where "score" not between cast('-1.7976931348623157e308' as double precision) and cast('1.7976931348623157e308' as double precision) limit 100
