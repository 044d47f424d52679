alter table `scorehouse`.`chunks` add column if not exists tally string
