select count(*) as row_count from `predictions`.`churn__quarantine`
where rejected_at < cast('2026-03-01T02:03:04.567Z' as timestamp)
