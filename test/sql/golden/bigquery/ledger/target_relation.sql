select relation from `scorehouse`.`target_log` where target = 'churn' order by seq desc limit 1
