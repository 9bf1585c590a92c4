-- The stages of each order line side by side: the last moment at which each was reached.
with order_stages as (
    select * from {{ ref('fct_order_stage') }}
),

order_lines as (
    select * from {{ ref('fct_sales_order_line') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

reached as (
    select
        location_id,
        order_number,
        line_number,
        {%- for stage in ['released', 'picked', 'packed', 'shipped', 'delivered'] %}
        max(occurred_at) filter (where order_stage = '{{ stage }}') as {{ stage }}_at,
        {%- endfor %}
        max(sku_id) as sku_id
    from order_stages
    group by location_id, order_number, line_number
),

final as (
    select
        reached.location_id,
        reached.order_number,
        reached.line_number,
        reached.sku_id,
        locations.division_code,
        locations.company_code,
        coalesce(order_lines.channel, '-') as channel,
        order_lines.ordered_at,
        reached.released_at,
        reached.picked_at,
        reached.packed_at,
        reached.shipped_at,
        reached.delivered_at,
        cutoff.as_of_at,
        {{ business_date(
            'coalesce(order_lines.ordered_at, reached.released_at, reached.picked_at, reached.packed_at, '
            ~ 'reached.shipped_at, reached.delivered_at)', 'locations.time_zone'
        ) }} as order_date
    from reached
    cross join cutoff
    inner join locations on reached.location_id = locations.location_id
    left join order_lines
        on
            locations.division_code = order_lines.division_code
            and reached.order_number = order_lines.order_number
            and reached.line_number = order_lines.line_number
)

select * from final
