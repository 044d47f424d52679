select * from "analytics"."customers"
