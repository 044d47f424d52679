select max(number) as number from "scorehouse"."migrations"
