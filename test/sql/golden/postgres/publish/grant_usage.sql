grant usage on schema "predictions" to "template_reader"
