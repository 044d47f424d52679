select count(x), min(x), max(x)
from (
  select cast("score" as double) as x from "predictions"."churn__v7"
) as numbers
where x between cast('-1.7976931348623157e308' as double) and cast('1.7976931348623157e308' as double)
