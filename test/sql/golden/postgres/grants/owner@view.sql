alter view "predictions"."churn" owner to "template_reader"
