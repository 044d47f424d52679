select 1 from "scorehouse"."control_churn" where epoch = cast('4' as bigint) for share
