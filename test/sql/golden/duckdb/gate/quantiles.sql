select cast(unnest(quantile_disc(case when "score" between cast('-1.7976931348623157e308' as double) and cast('1.7976931348623157e308' as double) then "score" end, [cast('0.1' as double), cast('0.5' as double)])) as double), cast(unnest(quantile_disc("level", [cast('0.1' as double), cast('0.5' as double)])) as double)
from "predictions"."churn__v7"
