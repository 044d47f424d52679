select @@dataset_id as home
