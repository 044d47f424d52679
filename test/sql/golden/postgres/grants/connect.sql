grant connect on database "postgres" to "template_reader"
