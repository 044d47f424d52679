select count(*) as found from information_schema.schemata where schema_name = 'SCOREHOUSE'
