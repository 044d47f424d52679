select
  count(*) filter (where "score" in ('NaN', 'Infinity', '-Infinity')) as nonfinite,
  count(*) filter (where ("score" < cast('-0.000001' as double precision) or "score" > cast('1.000001' as double precision)) and "score" <> 'NaN') as outside
from "predictions"."churn__v7"
