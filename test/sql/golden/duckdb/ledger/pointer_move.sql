update "scorehouse"."control_churn"
set pointer = cast('7' as integer), publish_seq = publish_seq + 1, epoch = cast('4' as bigint)
where publish_seq = cast('2' as bigint) and epoch = cast('4' as bigint)
