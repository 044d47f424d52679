insert into "predictions"."churn__v7" ("_run_id", "_model_version", "_scored_at", "customer_id", "Region", "spend", "score", "level", "_load")
select s."_run_id", s."_model_version", s."_scored_at", s."customer_id", s."Region", s."spend", s."score", s."level", s."_load"
from "scorehouse"."s_00000000002a" as s join "scorehouse"."chunks" as c on c.run_id = cast('0190a6b2-7c1e-7000-8000-00000000002a' as uuid) and c.load_key = s._load
