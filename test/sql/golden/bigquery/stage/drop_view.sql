drop view if exists `scorehouse`.`r_00000000002a`
