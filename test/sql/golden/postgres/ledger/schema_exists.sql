select count(*) as found from information_schema.schemata
where catalog_name = current_database() and schema_name = 'scorehouse'
