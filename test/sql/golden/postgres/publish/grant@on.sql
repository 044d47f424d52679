grant select on "predictions"."churn" to "template_reader" with grant option
