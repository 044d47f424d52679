select current_schema() as current
