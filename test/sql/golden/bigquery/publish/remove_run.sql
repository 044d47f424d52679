delete from `predictions`.`churn__v7` where _run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as string)
