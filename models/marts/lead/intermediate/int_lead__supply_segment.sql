-- What a record has to serve its demand with, from the cut-off and from each receipt that is under way on: supply
-- so far and days until the next.
with stock_states as (
    select * from {{ ref('fct_stock_state') }}
),

order_lines as (
    select * from {{ ref('fct_purchase_order_line') }}
    where open_qty > 0
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

outlook_policy as (
    {{ policy_as_of(['projection_days', 'overdue_receipt_days'], over='cutoff', as_of='as_of_date') }}
),

expected as (
    select
        order_lines.sku_id,
        order_lines.location_id,
        case
            when coalesce(order_lines.promised_date, order_lines.original_promised_date) <= outlook_policy.as_of_date
                then cast(outlook_policy.overdue_receipt_days as integer)
            else
                {{ days_between(
                    'outlook_policy.as_of_date', 'coalesce(order_lines.promised_date, order_lines.original_promised_date)'
                ) }}
        end as from_days,
        order_lines.open_qty as supply_qty
    from order_lines
    cross join outlook_policy
),

events as (
    select
        sku_id,
        location_id,
        0 as from_days,
        available_qty + reserved_qty as supply_qty
    from stock_states

    union all

    select
        expected.sku_id,
        expected.location_id,
        expected.from_days,
        expected.supply_qty
    from expected
    inner join outlook_policy on expected.from_days < outlook_policy.projection_days
),

daily as (
    select
        sku_id,
        location_id,
        from_days,
        sum(supply_qty) as supply_qty
    from events
    group by sku_id, location_id, from_days
),

final as (
    select
        sku_id,
        location_id,
        cast(from_days as integer) as from_day_count,
        cast(
            sum(supply_qty) over (
                partition by sku_id, location_id order by from_days
                rows between unbounded preceding and current row
            ) as decimal(24, 4)
        ) as supply_qty,
        cast(lead(from_days) over (partition by sku_id, location_id order by from_days) as integer) as next_day_count
    from daily
)

select * from final
