grant select on "analytics"."customers" to "template_reader"
