select
  0 as nonfinite,
  count(*) filter (where ("level" < null or "level" > cast('3' as double precision))) as outside
from "predictions"."churn__v7"
