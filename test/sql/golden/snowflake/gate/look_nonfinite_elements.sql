select * from "PREDICTIONS"."EMBEDDINGS" where cast('NaN' as float) = any("EMBEDDING") or cast('Infinity' as float) = any("EMBEDDING") or cast('-Infinity' as float) = any("EMBEDDING") limit 100
