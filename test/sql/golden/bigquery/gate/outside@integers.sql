select count(*) as outside from `predictions`.`churn__v7`
where `level` < null
  or (`level` > cast('3' as float64))
