select count(*) as row_count,
  format('%08x', coalesce(bit_xor(cast(concat('0x', substr(k, 1, 8)) as int64)), 0))
    || format('%08x', coalesce(bit_xor(cast(concat('0x', substr(k, 9, 8)) as int64)), 0)) as key_hash,
  format('%08x', coalesce(bit_xor(cast(concat('0x', substr(v, 1, 8)) as int64)), 0))
    || format('%08x', coalesce(bit_xor(cast(concat('0x', substr(v, 9, 8)) as int64)), 0)) as value_hash
from (
  select to_hex(md5(coalesce(cast(`customer_id` as string) || ';', '~;') || coalesce(cast(byte_length(`Region`) as string) || ':' || `Region` || ';', '~;'))) as k, to_hex(md5(coalesce(cast(`customer_id` as string) || ';', '~;') || coalesce(cast(byte_length(`Region`) as string) || ':' || `Region` || ';', '~;') || coalesce(cast(`spend` as string) || ';', '~;') || coalesce(cast(`level` as string) || ';', '~;'))) as v
  from `predictions`.`churn__v7`
  where _run_id <> cast('0190a6b2-7c1e-7000-8000-00000000002a' as string)
) as hashed
