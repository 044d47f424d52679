grant insert on "scorehouse"."requests" to "template_reader"
