select a.attname as name from pg_catalog.pg_attribute as a
where a.attrelid = to_regclass('"predictions"."churn__versions"') and a.attnum > 0 and not a.attisdropped order by a.attnum
