alter table `scorehouse`.`run_log` add column if not exists resume string
