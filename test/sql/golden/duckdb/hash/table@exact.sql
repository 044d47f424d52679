select count(*) as row_count,
  lpad(lower(to_hex(coalesce(bit_xor(cast('0x' || left(md5(coalesce(cast("customer_id" as varchar) || ';', '~;') || coalesce(strlen("Region" collate "binary") || ':' || "Region" collate "binary" || ';', '~;')), 16) as ubigint)), 0))), 16, '0') as key_hash,
  lpad(lower(to_hex(coalesce(bit_xor(cast('0x' || left(md5(coalesce(cast("customer_id" as varchar) || ';', '~;') || coalesce(strlen("Region" collate "binary") || ':' || "Region" collate "binary" || ';', '~;') || coalesce(rtrim(rtrim(cast(cast("spend" as decimal(10,2)) as varchar), '0'), '.') || ';', '~;') || coalesce(cast("level" as varchar) || ';', '~;')), 16) as ubigint)), 0))), 16, '0') as value_hash
from "predictions"."churn__v7"
where _run_id <> cast('0190a6b2-7c1e-7000-8000-00000000002a' as uuid)
