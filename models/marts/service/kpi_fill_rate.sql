-- How much of what customers asked for left in time: lines, units, value, and whole orders where an order belongs
-- to the scope. Sums first, ratios after.
with fill_months as (
    select * from {{ ref('int_service__fill_month') }}
),

orders as (
    select * from {{ ref('int_service__order_fill') }}
),

skus as (
    select * from {{ ref('dim_sku') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

{% set line_scopes = {
    'sku_location': "fill_months.sku_id || '|' || fill_months.location_id",
    'sku': 'fill_months.sku_id',
    'category': 'skus.category',
    'location': 'fill_months.location_id',
    'region': 'locations.region_id',
    'division': 'locations.division_code',
    'company': 'locations.company_code',
} %}
{% set order_scopes = {'location': 'location_id', 'division': 'division_code', 'company': 'company_code'} %}
{% set counts = [
    'line_count', 'judged_line_count', 'filled_line_count', 'unvalued_line_count', 'otif_judged_line_count',
    'on_time_line_count', 'in_full_line_count', 'otif_line_count',
] %}
{% set sums = ['asked_qty', 'filled_qty', 'asked_amount'] %}
line_sums as (
    {%- for scope_type, scope_id in line_scopes.items() %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        fill_months.month_start_date,
        {%- for name in counts %}
        cast(sum(fill_months.{{ name }}) as bigint) as {{ name }},
        {%- endfor %}
        {%- for name in sums %}
        cast(sum(fill_months.{{ name }}) as decimal(24, 4)) as {{ name }},
        {%- endfor %}
        cast(sum(fill_months.filled_amount) as decimal(24, 4)) as filled_amount
    from fill_months
    inner join skus on fill_months.sku_id = skus.sku_id
    inner join locations on fill_months.location_id = locations.location_id
    group by {{ scope_id }}, fill_months.month_start_date
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

order_sums as (
    {%- for scope_type, scope_id in order_scopes.items() %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        month_start_date,
        count(is_filled) as judged_order_count,
        count(*) filter (where is_filled) as filled_order_count,
        count(is_perfect) as perfect_judged_order_count,
        count(*) filter (where is_perfect) as perfect_order_count
    from orders
    {%- if scope_type != 'location' %}
    where is_first_location
    {%- endif %}
    group by {{ scope_id }}, month_start_date
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

joined as (
    select
        line_sums.*,
        {{ add_days(add_months('line_sums.month_start_date', 1), -1) }} as month_end_date,
        cutoff.as_of_date,
        order_sums.judged_order_count,
        order_sums.filled_order_count,
        order_sums.perfect_judged_order_count,
        order_sums.perfect_order_count
    from line_sums
    inner join cutoff on line_sums.month_start_date <= cutoff.as_of_date
    left join order_sums using (scope_type, scope_id, month_start_date)
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        least(month_end_date, as_of_date) as last_day_date,
        month_end_date < as_of_date as is_month_closed,
        line_count,
        judged_line_count,
        filled_line_count,
        {{ kpi_fill_ratio_of('filled_line_count', 'judged_line_count') }} as line_fill_ratio,
        asked_qty,
        filled_qty,
        {{ kpi_fill_ratio_of('filled_qty', 'asked_qty') }} as unit_fill_ratio,
        case when judged_line_count = 0 then 'no_judged_line' end as fill_reason,
        asked_amount,
        filled_amount,
        {{ kpi_fill_ratio_of('filled_amount', 'asked_amount') }} as value_fill_ratio,
        case when judged_line_count = 0 then 'no_judged_line' when asked_amount = 0 then 'no_value' end
            as value_fill_reason,
        unvalued_line_count,
        otif_judged_line_count,
        on_time_line_count,
        in_full_line_count,
        otif_line_count,
        {{ kpi_fill_ratio_of('otif_line_count', 'otif_judged_line_count') }} as customer_otif_ratio,
        case when otif_judged_line_count = 0 then 'no_judged_line' end as customer_otif_reason,
        judged_order_count,
        filled_order_count,
        {{ kpi_fill_ratio_of('filled_order_count', 'judged_order_count') }} as order_fill_ratio,
        case
            when scope_type not in ('location', 'division', 'company') then 'no_orders_in_scope'
            when coalesce(judged_order_count, 0) = 0 then 'no_judged_order'
        end as order_fill_reason,
        perfect_judged_order_count,
        perfect_order_count,
        {{ kpi_fill_ratio_of('perfect_order_count', 'perfect_judged_order_count') }} as perfect_order_ratio,
        case
            when scope_type not in ('location', 'division', 'company') then 'no_orders_in_scope'
            when coalesce(perfect_judged_order_count, 0) = 0 then 'no_judged_order'
        end as perfect_order_reason
    from joined
)

select * from final
