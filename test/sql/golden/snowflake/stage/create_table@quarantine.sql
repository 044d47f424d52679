create table "PREDICTIONS"."CHURN__QUARANTINE" (
  "_RUN_ID" varchar(36),
  "CUSTOMER_ID" number(19,0),
  "Region" varchar,
  "FEATURE" varchar,
  "REASON" varchar,
  "REJECTED_AT" timestamp_tz(6),
  "_LOAD" number(19,0)
)
