-- Each stock record and quarter in which it held something of value or was counted: what its counts found, and what
-- share of the stock they speak for.
with stock_months as (
    select
        *,
        cast(date_trunc('quarter', month_start_date) as date) as quarter_start_date
    from {{ ref('int_lag__stock_value_month') }}
),

counted as (
    select * from {{ ref('int_lag__shrink_quarter') }}
),

homes as (
    select * from {{ ref('int_lag__shrink_home') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

sectors as (
    select * from {{ ref('int_lag__shrink_sector') }}
),

held as (
    select
        sku_id,
        location_id,
        quarter_start_date,
        sum(value_days) as all_value_days
    from stock_months
    group by sku_id, location_id, quarter_start_date
    having sum(value_days) > 0
),

keys as (
    select
        sku_id,
        location_id,
        quarter_start_date
    from held

    union

    select
        sku_id,
        location_id,
        quarter_start_date
    from counted
),

final as (
    select
        keys.sku_id,
        keys.location_id,
        keys.quarter_start_date,
        coalesce(homes.zone, '-') as zone,
        stock_records.category,
        sectors.region_id,
        sectors.division_code,
        sectors.company_code,
        sectors.sector,
        sectors.last_day_date,
        sectors.is_quarter_closed,
        cast(coalesce(held.all_value_days, 0) as decimal(24, 4)) as all_value_days,
        cast(case when counted.count_count > 0 then coalesce(held.all_value_days, 0) else 0 end as decimal(24, 4))
            as counted_value_days,
        {%- for name in shrink_counts() %}
        cast(coalesce(counted.{{ name }}, 0) as bigint) as {{ name }},
        {%- endfor %}
        {%- for name in ['book_qty', 'known_cost_qty'] %}
        cast(coalesce(counted.{{ name }}, 0) as decimal(24, 4)) as {{ name }},
        {%- endfor %}
        {%- for name in shrink_amounts()[2:] %}
        cast(coalesce(counted.{{ name }}, 0) as decimal(24, 4)) as {{ name }},
        {%- endfor %}
        cast(coalesce(counted.opening_amount, 0) as decimal(24, 4)) as opening_amount
    from keys
    left join held using (sku_id, location_id, quarter_start_date)
    left join counted using (sku_id, location_id, quarter_start_date)
    left join homes using (sku_id, location_id, quarter_start_date)
    left join stock_records using (sku_id, location_id)
    left join sectors using (location_id, quarter_start_date)
)

select * from final
