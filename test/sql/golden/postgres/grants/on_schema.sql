grant usage, create on schema "scorehouse" to "template_reader"
