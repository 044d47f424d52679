create table `predictions`.`churn__quarantine` (
  `_run_id` string,
  `customer_id` int64,
  `Region` string,
  `feature` string,
  `reason` string,
  `rejected_at` timestamp,
  `_load` int64
) options (expiration_timestamp = timestamp '9999-12-31 00:00:00+00')
