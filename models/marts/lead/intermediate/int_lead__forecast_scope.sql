-- Forecast errors of every scope and closed month, as sums; ratios are taken after them. Family is a category in its
-- division; planner, whoever adjusted the forecasts in force.
with forecast_months as (
    select * from {{ ref('int_lead__forecast_month') }}
),

members as (
    select * from {{ ref('int_lead__forecast_member') }}
),

{% set scopes = {
    'sku_location': 'members.sku_location_id',
    'sku': 'members.sku_id',
    'category': 'members.category',
    'family': 'members.family_id',
    'planner': "members.division_code || '|' || forecast_months.adjusted_by",
    'location': 'members.location_id',
    'region': 'members.region_id',
    'division': 'members.division_code',
    'company': 'members.company_code',
} %}

scoped as (
    {%- for scope_type, scope_id in scopes.items() %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        forecast_months.*,
        members.unit_cost_amount
    from forecast_months
    inner join members
        on
            forecast_months.sku_id = members.sku_id
            and forecast_months.location_id = members.location_id
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        scope_type,
        scope_id,
        forecast_origin,
        month_start_date,
        cast(count(demand_qty) as integer) as point_count,
        cast(count(forecast_error_reason) as integer) as unjudged_count,
        {%- for measure in ['forecast_qty', 'demand_qty', 'error_qty', 'abs_error_qty'] %}
        cast(coalesce(sum({{ measure }}), 0) as decimal(24, 4)) as {{ measure }},
        {%- endfor %}
        cast(coalesce(sum(squared_error_qty), 0) as decimal(24, 6)) as squared_error_qty,
        {%- for measure in ['forecast', 'demand', 'abs_error'] %}
        cast(
            coalesce(sum({{ product(measure ~ '_qty', 'unit_cost_amount', 4) }}), 0) as decimal(24, 4)
        ) as {{ measure }}_amount,
        {%- endfor %}
        cast(count(demand_qty) filter (where unit_cost_amount is null) as integer) as uncosted_count,
        cast(coalesce(sum(percentage_error_ratio), 0) as decimal(24, 6)) as percentage_error_sum_ratio,
        cast(count(percentage_error_ratio) as integer) as percentage_point_count,
        cast(coalesce(sum(abs_error_qty) filter (where scale_qty > 0), 0) as decimal(24, 4)) as scaled_error_qty,
        cast(coalesce(sum(scale_qty) filter (where scale_qty > 0), 0) as decimal(24, 6)) as scale_qty,
        cast(coalesce(sum(stockout_day_count), 0) as integer) as stockout_day_count,
        cast(coalesce(sum(period_day_count), 0) as integer) as period_day_count,
        min(forecast_error_reason) as forecast_error_reason
    from scoped
    where scope_id is not null
    group by scope_type, scope_id, forecast_origin, month_start_date
)

select * from final
