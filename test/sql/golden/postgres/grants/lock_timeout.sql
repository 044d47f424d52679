alter role "template_reader" in database "postgres" set lock_timeout = '30s'
