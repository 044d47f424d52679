update "SCOREHOUSE"."CONTROL_CHURN"
set pointer = cast('7' as number(10,0)), publish_seq = publish_seq + 1, epoch = cast('4' as number(19,0))
where publish_seq = cast('2' as number(19,0)) and epoch = cast('4' as number(19,0))
