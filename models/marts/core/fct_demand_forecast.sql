with forecasts as (
    select * from {{ ref('stg_unified__demand_forecast') }}
    where quarantine_rule is null
),

final as (
    select
        forecast_origin,
        division_code,
        item_code,
        sku_id,
        location_id,
        made_at,
        made_date,
        period_type,
        period_start_date,
        period_end_date,
        cast({{ days_between('made_date', 'period_start_date') }} as decimal(9, 2)) as lag_days,
        forecast_qty,
        statistical_qty,
        forecast_method,
        adjusted_by
    from forecasts
)

select * from final
