select * from "predictions"."embeddings" where cast('NaN' as double) = any("embedding") or cast('Infinity' as double) = any("embedding") or cast('-Infinity' as double) = any("embedding") limit 100
