alter table `predictions`.`churn__quarantine` rename to `churn__quarantine_1`
