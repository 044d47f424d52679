grant select on "predictions"."churn" to "template_reader", "public"
