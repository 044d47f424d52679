drop table if exists `scorehouse`.`in_00000000002a`
