-- Periods that are over and that somebody forecast, whoever, whenever and how often.
with forecasts as (
    select * from {{ ref('fct_demand_forecast') }}
    where location_id is not null
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

final as (
    select distinct
        forecasts.sku_id,
        forecasts.location_id,
        forecasts.period_type,
        forecasts.period_start_date,
        forecasts.period_end_date
    from forecasts
    inner join cutoff on forecasts.period_end_date <= cutoff.as_of_date
)

select * from final
