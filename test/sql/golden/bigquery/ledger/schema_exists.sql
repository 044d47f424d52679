select count(*) as found from INFORMATION_SCHEMA.SCHEMATA where schema_name = 'scorehouse'
