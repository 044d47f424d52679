alter role "template_reader" in database "postgres" set statement_timeout = '8h'
