alter table "analytics"."customers" owner to "template_reader"
