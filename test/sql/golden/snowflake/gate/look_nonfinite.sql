select * from "PREDICTIONS"."CHURN__V7" where "SCORE" not between cast('-1.7976931348623157e308' as float) and cast('1.7976931348623157e308' as float) limit 100
