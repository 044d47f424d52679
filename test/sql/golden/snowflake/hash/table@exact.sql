select count(*) as row_count,
  lpad(lower(trim(to_varchar(coalesce(bitxor_agg(to_number(substr(k, 1, 8), 'XXXXXXXX')), 0), 'XXXXXXXX'))), 8, '0')
    || lpad(lower(trim(to_varchar(coalesce(bitxor_agg(to_number(substr(k, 9, 8), 'XXXXXXXX')), 0), 'XXXXXXXX'))), 8, '0') as key_hash,
  lpad(lower(trim(to_varchar(coalesce(bitxor_agg(to_number(substr(v, 1, 8), 'XXXXXXXX')), 0), 'XXXXXXXX'))), 8, '0')
    || lpad(lower(trim(to_varchar(coalesce(bitxor_agg(to_number(substr(v, 9, 8), 'XXXXXXXX')), 0), 'XXXXXXXX'))), 8, '0') as value_hash
from (
  select md5(coalesce(to_varchar("CUSTOMER_ID") || ';', '~;') || coalesce(octet_length("Region") || ':' || "Region" || ';', '~;')) as k, md5(coalesce(to_varchar("CUSTOMER_ID") || ';', '~;') || coalesce(octet_length("Region") || ':' || "Region" || ';', '~;') || coalesce(rtrim(rtrim(to_varchar("SPEND"), '0'), '.') || ';', '~;') || coalesce(to_varchar("LEVEL") || ';', '~;')) as v
  from "PREDICTIONS"."CHURN__V7"
  where _run_id <> cast('0190a6b2-7c1e-7000-8000-00000000002a' as varchar(36))
) as hashed
