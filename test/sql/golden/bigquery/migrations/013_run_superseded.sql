alter table `scorehouse`.`run_log` add column if not exists rows_superseded int64
