select chunk, epoch, hi, "rows", rejects, tally from "scorehouse"."chunks" where run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as uuid) order by chunk
