select count(*) as row_count,
  lpad(lower(to_hex(coalesce(bit_xor(cast('0x' || left(md5(coalesce(cast("customer_id" as varchar) || ';', '~;')), 16) as ubigint)), 0))), 16, '0') as key_hash,
  lpad(lower(to_hex(coalesce(bit_xor(cast('0x' || left(md5(coalesce(cast("customer_id" as varchar) || ';', '~;') || coalesce(len(cast("embedding" as real[3])) || ':' || array_to_string(list_transform(cast("embedding" as real[3]), lambda x: coalesce(case when isnan(cast(x as double)) then '7ff8000000000000' when cast(x as double) = 0 then '0000000000000000' else lower(hex(cast(cast(cast(x as double) as bit) as blob))) end, '~')), ',') || ';', '~;')), 16) as ubigint)), 0))), 16, '0') as value_hash
from "predictions"."embeddings"
