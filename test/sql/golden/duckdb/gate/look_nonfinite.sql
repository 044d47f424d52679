select * from "predictions"."churn__v7" where "score" not between cast('-1.7976931348623157e308' as double) and cast('1.7976931348623157e308' as double) limit 100
