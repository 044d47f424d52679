create table `scorehouse`.`undo_00000000002a` as
select t.`_run_id`, t.`_model_version`, t.`_scored_at`, t.`customer_id`, t.`Region`, t.`spend`, t.`score`, t.`level`, t.`_load` from `predictions`.`churn__v7` as t
