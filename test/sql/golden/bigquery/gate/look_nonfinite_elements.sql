select * from `predictions`.`embeddings` where exists (select 1 from unnest(`embedding`) as element where is_nan(element) or is_inf(element)) limit 100
