create table "PREDICTIONS"."CHURN__V7" (
  "_RUN_ID" varchar(36),
  "_MODEL_VERSION" varchar,
  "_SCORED_AT" timestamp_tz(6),
  "CUSTOMER_ID" number(19,0),
  "Region" varchar,
  "SPEND" number(10,2),
  "SCORE" float,
  "LEVEL" number(10,0),
  "_LOAD" number(19,0)
)
