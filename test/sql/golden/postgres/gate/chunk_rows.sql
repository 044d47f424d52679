select count(*) as chunks, coalesce(sum("rows"), 0) as row_count, coalesce(sum(rejects), 0) as rejects from "scorehouse"."chunks" where run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as uuid)
