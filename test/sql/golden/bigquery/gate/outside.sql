select count(*) as outside from `predictions`.`churn__v7`
where `score` < cast('-0.000001' as float64)
  or (`score` > cast('1.000001' as float64) and `score` <> cast('NaN' as float64))
