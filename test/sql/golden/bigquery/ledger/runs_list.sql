select run_id, target, state, rows_read, rows_rejected, rows_published, model_version, started_at, finished_at, error_code, error_message, epoch, resume
from `scorehouse`.`runs`

order by started_at desc, run_id desc limit 20
