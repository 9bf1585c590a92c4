with source as (
    select * from {{ source('baseline', 'demand_forecasts') }}
),

final as (
    select
        _instance as division_code,
        item_code,
        location_code,
        made_at,
        period_start as period_start_date,
        period_type,
        forecast_qty,
        statistical_qty,
        uom,
        method as forecast_method,
        adjusted_by,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
