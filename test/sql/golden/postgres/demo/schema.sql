select current_schema() as home
