-- Moments of lead time over each pool that planning may draw on.
with lead_times as (
    select * from {{ ref('int_core__order_lead_time') }}
),

{% set pools = {
    'sku_location': "sku_id || '|' || location_id || '|' || supplier_id",
    'supplier': 'supplier_id',
    'category': "division_code || '|' || category",
} %}

members as (
    {%- for pool_type, pool_id in pools.items() %}
    select
        '{{ pool_type }}' as pool_type,
        {{ pool_id }} as pool_id,
        lead_time_days,
        capped_lead_time_days,
        is_negative
    from lead_times
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

summed as (
    select
        pool_type,
        pool_id,
        cast(count(capped_lead_time_days) as integer) as receipt_count,
        cast(count(*) filter (where is_negative) as integer) as negative_count,
        cast(count(*) filter (where capped_lead_time_days < lead_time_days) as integer) as capped_count,
        cast(sum(capped_lead_time_days) as decimal(15, 2)) as sum_days,
        {{ fixed('sum(' ~ multiply('capped_lead_time_days', 'capped_lead_time_days') ~ ')', 4, 20) }}
            as sum_squared_days,
        {{ quantile_observed('capped_lead_time_days', 0.9) }} as p90_lead_time_days
    from members
    group by pool_type, pool_id
),

explained as (
    select
        *,
        {{ kpi_explained_squares('receipt_count', 'sum_days') }} as explained_squares
    from summed
),

varied as (
    select
        *,
        {{ kpi_sample_variance('receipt_count', 'explained_squares', 'sum_squared_days') }} as variance
    from explained
),

final as (
    select
        pool_type,
        pool_id,
        receipt_count,
        negative_count,
        capped_count,
        {{ divide('sum_days', 'receipt_count') }} as mean_lead_time_days,
        {{ square_root('variance') }} as sd_lead_time_days,
        p90_lead_time_days
    from varied
)

select * from final
