-- The forecast error of each record and closed month. A month that nobody forecast as a month is told by the weeks,
-- else the days, that end in it; what could be judged goes before what could not.
with forecast_errors as (
    select * from {{ ref('fct_forecast_error') }}
),

scales as (
    select * from {{ ref('int_lead__demand_scale') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

history_policy as (
    {{ policy_as_of(['forecast_history_months'], over='cutoff', as_of='as_of_date') }}
),

judged as (
    select
        forecast_errors.*,
        forecast_errors.forecast_error_reason is null as is_judged
    from forecast_errors
    inner join history_policy
        on
            history_policy.as_of_date >= {{ add_days(add_months('forecast_errors.month_start_date', 1), -1) }}
            and forecast_errors.month_start_date
            >= {{ add_months('history_policy.as_of_date', '-history_policy.forecast_history_months') }}
),

summed as (
    select
        sku_id,
        location_id,
        forecast_origin,
        month_start_date,
        period_type,
        {%- for measure in ['forecast_qty', 'statistical_qty', 'demand_qty', 'error_qty'] %}
        cast(sum({{ measure }}) filter (where is_judged) as decimal(18, 4)) as {{ measure }},
        {%- endfor %}
        cast(sum(stockout_day_count) filter (where is_judged) as integer) as stockout_day_count,
        cast(sum(period_day_count) filter (where is_judged) as integer) as period_day_count,
        bool_and(statistical_qty is not null or not is_judged) as is_statistical_known,
        min(adjusted_by) filter (where is_judged) as adjusted_by,
        bool_or(is_judged) as is_judged,
        min(forecast_error_reason) as any_reason
    from judged
    group by sku_id, location_id, forecast_origin, month_start_date, period_type
),

ranked as (
    select
        *,
        row_number() over (
            partition by sku_id, location_id, forecast_origin, month_start_date
            order by
                is_judged desc,
                case period_type when 'month' then 0 when 'week' then 1 else 2 end asc
        ) as preference_rank
    from summed
),

final as (
    select
        ranked.sku_id,
        ranked.location_id,
        ranked.forecast_origin,
        ranked.month_start_date,
        ranked.period_type,
        ranked.forecast_qty,
        case when ranked.is_statistical_known then ranked.statistical_qty end as statistical_qty,
        ranked.demand_qty,
        ranked.error_qty,
        cast(abs(ranked.error_qty) as decimal(18, 4)) as abs_error_qty,
        {{ product('ranked.error_qty', 'ranked.error_qty', 6, 28) }} as squared_error_qty,
        {{ kpi_absolute_percentage_ratio('abs(ranked.error_qty)', 'ranked.demand_qty') }} as percentage_error_ratio,
        case when ranked.is_judged then scales.scale_qty end as scale_qty,
        ranked.stockout_day_count,
        ranked.period_day_count,
        ranked.adjusted_by,
        case when not ranked.is_judged then ranked.any_reason end as forecast_error_reason
    from ranked
    left join scales
        on
            ranked.sku_id = scales.sku_id
            and ranked.location_id = scales.location_id
            and ranked.month_start_date = scales.month_start_date
    where ranked.preference_rank = 1
)

select * from final
