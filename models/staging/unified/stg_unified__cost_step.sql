-- Every known cost per SKU and location as a step: from this date on, by this method. A cost for the whole division is
-- spread over its locations; a cost for one location is the narrower and wins on the same date.
with item_costs as (
    select * from {{ ref('stg_unified__item_cost') }}
    where quarantine_rule is null
),

order_lines as (
    select * from {{ ref('stg_unified__purchase_order_line') }}
    where quarantine_rule is null
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

-- Two codes of one SKU in one division may carry two costs for the same date; the item code last in order speaks.
listed as (
    select
        item_costs.sku_id,
        locations.location_id,
        locations.division_code,
        item_costs.cost_method,
        item_costs.valid_from_date,
        item_costs.currency,
        item_costs.unit_cost_amount,
        case when item_costs.location_code is null then 0 else 1 end as narrowness,
        item_costs.item_code as tie_breaker
    from item_costs
    inner join locations
        on
            item_costs.division_code = locations.division_code
            and coalesce(item_costs.location_code, locations.location_code) = locations.location_code
),

ordered as (
    select
        order_lines.sku_id,
        order_lines.location_id,
        order_lines.division_code,
        'last_order' as cost_method,
        cast(order_lines.created_at as date) as valid_from_date,
        order_lines.currency,
        order_lines.unit_price_amount as unit_cost_amount,
        0 as narrowness,
        order_lines.order_number || '/' || order_lines.line_number as tie_breaker
    from order_lines
    -- A price in another currency is no cost in ours; the line itself stays an order.
    left join locations on order_lines.location_id = locations.location_id
    where
        order_lines.unit_price_amount > 0
        and order_lines.status <> 'cancelled'
        and coalesce(order_lines.currency, locations.currency) = locations.currency
),

steps as (
    select * from listed

    union all

    select * from ordered
),

ranked as (
    select
        *,
        row_number() over (
            partition by sku_id, location_id, cost_method, valid_from_date
            order by narrowness desc, tie_breaker desc
        ) as preference_rank
    from steps
),

final as (
    select
        sku_id,
        location_id,
        division_code,
        cost_method,
        valid_from_date,
        currency,
        unit_cost_amount
    from ranked
    where preference_rank = 1
)

select * from final
