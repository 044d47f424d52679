select count(*) as outside from `predictions`.`churn__v7`
where `level` < cast(null as float64)
  or (`level` > cast('3' as float64))
