select pg_advisory_xact_lock(hashtextextended('control_churn', 0))
