grant create on schema "scorehouse" to "template_reader"
