drop table if exists "SCOREHOUSE"."IN_00000000002A"
