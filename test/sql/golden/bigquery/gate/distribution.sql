with numbers as (
  select case when `score` between cast('-1.7976931348623157e308' as float64) and cast('1.7976931348623157e308' as float64) then `score` end as `score`, `level`
  from `predictions`.`churn__v7`
),
quantiles as (
  select approx_quantiles(`score`, 100) as `score`, approx_quantiles(`level`, 100) as `level` from numbers
),
below as (
  select [countif(`score` < cast('0' as float64)), countif(`score` < cast('0.75' as float64)), count(`score`)] as `score`, [count(`level`)] as `level` from numbers
)
select 
  cast([quantiles.`score`[offset(cast(round(100 * 0.1) as int64))], quantiles.`score`[offset(cast(round(100 * 0.5) as int64))]][safe_offset(place)] as float64),
  below.`score`[safe_offset(place)],
  cast([quantiles.`level`[offset(cast(round(100 * 0.1) as int64))], quantiles.`level`[offset(cast(round(100 * 0.5) as int64))]][safe_offset(place)] as float64),
  null
from quantiles cross join below cross join unnest([0, 1, 2]) as place
order by place
