select relation from "SCOREHOUSE"."TARGET_LOG" where target = 'churn' order by seq desc limit 1
