select count(*) as row_count,
  lpad(to_hex(coalesce(bit_xor(cast(cast('x' || md5(convert_to(coalesce(cast("customer_id" as text) || ';', '~;'), 'UTF8')) as bit(64)) as bigint)), 0)), 16, '0') as key_hash,
  lpad(to_hex(coalesce(bit_xor(cast(cast('x' || md5(convert_to(coalesce(cast("customer_id" as text) || ';', '~;') || coalesce(cardinality("embedding") || ':' || coalesce((select string_agg(coalesce(case when cast(x as double precision) = 'NaN' then '7ff8000000000000' when cast(x as double precision) = 0 then '0000000000000000' else encode(float8send(cast(x as double precision)), 'hex') end, '~'), ',' order by n) from unnest("embedding") with ordinality as elements(x, n)), '') || ';', '~;'), 'UTF8')) as bit(64)) as bigint)), 0)), 16, '0') as value_hash
from "predictions"."embeddings"
