-- The record flags that a site can raise from its own feed: no ERP balance, no cost, no class of the company is asked.
with on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
),

movements as (
    select * from {{ ref('fct_stock_movement') }}
    where is_current_version
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

rule_policy as (
    {{ policy_as_of(['max_days_since_movement'], over='cutoff', as_of='as_of_date') }}
),

last_movements as (
    select
        movements.sku_id,
        movements.location_id,
        max(movements.event_date) as last_movement_date
    from movements
    inner join cutoff on movements.occurred_at <= cutoff.as_of_at
    group by movements.sku_id, movements.location_id
),

records as (
    select
        on_hand.sku_id,
        on_hand.location_id,
        cutoff.as_of_date as flagged_date,
        on_hand.on_hand_qty,
        last_movements.last_movement_date,
        coalesce(
            {{ days_between('last_movements.last_movement_date', 'cutoff.as_of_date') }}
            >= rule_policy.max_days_since_movement,
            false
        ) as is_silent
    from on_hand
    inner join cutoff
        on
            on_hand.valid_from <= cutoff.as_of_at
            and on_hand.valid_to > cutoff.as_of_at
    inner join rule_policy on cutoff.as_of_date = rule_policy.as_of_date
    inner join last_movements
        on
            on_hand.sku_id = last_movements.sku_id
            and on_hand.location_id = last_movements.location_id
),

final as (
    select
        sku_id,
        location_id,
        case when on_hand_qty < 0 then 'DQ-N1' else 'DQ-P2' end as rule_id,
        flagged_date,
        on_hand_qty,
        last_movement_date
    from records
    where on_hand_qty < 0 or (on_hand_qty > 0 and is_silent)
)

select * from final
