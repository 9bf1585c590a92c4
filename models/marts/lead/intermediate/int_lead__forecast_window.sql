-- Each scope's month with the two before it: sums over the three, and the error of each for the trend.
with forecast_scopes as (
    select * from {{ ref('int_lead__forecast_scope') }}
),

offsets as (
    {%- for month_offset in [0, 1, 2] %}
    select {{ month_offset }} as month_offset
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

spread as (
    select
        forecast_scopes.*,
        offsets.month_offset,
        {{ add_months('forecast_scopes.month_start_date', 'offsets.month_offset') }} as window_month_date,
        {{ kpi_wape_ratio('forecast_scopes.abs_error_qty', 'forecast_scopes.demand_qty') }} as wape_ratio
    from forecast_scopes
    cross join offsets
),

final as (
    select
        scope_type,
        scope_id,
        forecast_origin,
        window_month_date as month_start_date,
        cast(count(*) filter (where point_count > 0) as integer) as month_count,
        {%- for sum_name in 'forecast_qty demand_qty error_qty abs_error_qty forecast_amount demand_amount'.split() %}
        cast(sum({{ sum_name }}) as decimal(24, 4)) as {{ sum_name }},
        {%- endfor %}
        {%- for measure in ['point', 'stockout_day', 'period_day', 'uncosted'] %}
        cast(sum({{ measure }}_count) as integer) as {{ measure }}_count,
        {%- endfor %}
        {%- for name, month_offset in [('first', 2), ('middle', 1), ('last', 0)] %}
        max(case when month_offset = {{ month_offset }} then wape_ratio end) as {{ name }}_wape_ratio,
        {%- endfor %}
        max(case when month_offset = 0 then forecast_error_reason end) as forecast_error_reason
    from spread
    group by scope_type, scope_id, forecast_origin, window_month_date
    having count(*) filter (where month_offset = 0) > 0
)

select * from final
