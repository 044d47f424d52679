drop view if exists "SCOREHOUSE"."R_00000000002A"
