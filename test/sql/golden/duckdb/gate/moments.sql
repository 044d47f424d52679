select 
  sum(cast("score" as double) - cast('-0.25' as double)),
  sum((cast("score" as double) - cast('-0.25' as double)) * (cast("score" as double) - cast('-0.25' as double))),
  sum(cast("level" as double) - cast('1' as double)),
  sum((cast("level" as double) - cast('1' as double)) * (cast("level" as double) - cast('1' as double)))
from "predictions"."churn__v7"
