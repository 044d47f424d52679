update `scorehouse`.`control_churn` set epoch = epoch where epoch = cast('4' as int64)
