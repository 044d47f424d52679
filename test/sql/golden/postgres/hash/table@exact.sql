select count(*) as row_count,
  lpad(to_hex(coalesce(bit_xor(cast(cast('x' || md5(convert_to(coalesce(cast("customer_id" as text) || ';', '~;') || coalesce(octet_length(convert_to(cast("Region" as text), 'UTF8')) || ':' || cast("Region" as text) || ';', '~;'), 'UTF8')) as bit(64)) as bigint)), 0)), 16, '0') as key_hash,
  lpad(to_hex(coalesce(bit_xor(cast(cast('x' || md5(convert_to(coalesce(cast("customer_id" as text) || ';', '~;') || coalesce(octet_length(convert_to(cast("Region" as text), 'UTF8')) || ':' || cast("Region" as text) || ';', '~;') || coalesce(cast(trim_scale("spend") as text) || ';', '~;') || coalesce(cast("level" as text) || ';', '~;'), 'UTF8')) as bit(64)) as bigint)), 0)), 16, '0') as value_hash
from "predictions"."churn__v7"
where _run_id <> cast('0190a6b2-7c1e-7000-8000-00000000002a' as uuid)
