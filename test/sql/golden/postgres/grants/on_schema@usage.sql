grant usage on schema "scorehouse" to "template_reader"
