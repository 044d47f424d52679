update `scorehouse`.`control_churn`
set pointer = cast('7' as int64), publish_seq = publish_seq + 1, epoch = cast('4' as int64)
where publish_seq = cast('2' as int64) and epoch = cast('4' as int64)
