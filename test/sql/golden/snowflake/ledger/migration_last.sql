select max(number) as number, count(distinct number) as recorded from "SCOREHOUSE"."MIGRATIONS"
