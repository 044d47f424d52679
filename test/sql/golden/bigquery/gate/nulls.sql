select count(*) as row_count, count(`score`), count(`level`) from `predictions`.`churn__v7`
