-- What closed days would say, had everything come in time. Taken from the ledger alone: every leg that the books hold
-- under another day than its own. What the books say of a closed day plus these rows is what happened on it.
with movements as (
    select * from {{ ref('fct_stock_movement') }}
    where posting_date <> event_date
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

deltas as (
    select
        sku_id,
        location_id,
        event_date,
        posting_date,
        min(posted_at) as posted_at,
        cast(date_trunc('month', event_date) as date) as month_start_date,
        cast(count(*) as integer) as movement_count,
        cast(count(*) filter (where posting_kind = 'late') as integer) as late_movement_count,
        cast(count(*) filter (where posting_kind <> 'late') as integer) as correction_count,
        cast(coalesce(sum(movement_qty) filter (where is_owned), 0) as decimal(18, 4)) as restated_qty,
        cast(coalesce(sum(movement_qty) filter (where not is_owned), 0) as decimal(18, 4)) as other_owner_qty,
        cast(
            coalesce(sum(-movement_qty) filter (where is_demand), 0)
            - coalesce(sum(movement_qty) filter (where is_demand_return), 0) as decimal(18, 4)
        ) as net_demand_qty,
        cast(coalesce(sum(-movement_qty) filter (where is_cogs and is_owned), 0) as decimal(18, 4)) as sold_qty
    from movements
    group by sku_id, location_id, event_date, posting_date
),

-- Days of one record restate each other: what came for an earlier day and was posted no later counts on this one too.
cumulated as (
    select
        deltas.sku_id,
        deltas.location_id,
        deltas.event_date,
        deltas.posting_date,
        sum(same_record.restated_qty) filter (where same_record.posting_date < deltas.posting_date) as known_before_qty,
        sum(same_record.restated_qty) as known_qty
    from deltas
    inner join deltas as same_record
        on
            deltas.sku_id = same_record.sku_id
            and deltas.location_id = same_record.location_id
            and deltas.event_date >= same_record.event_date
            and deltas.event_date < same_record.posting_date
            and deltas.posting_date >= same_record.posting_date
    group by deltas.sku_id, deltas.location_id, deltas.event_date, deltas.posting_date
),

final as (
    select
        deltas.sku_id,
        deltas.location_id,
        deltas.event_date,
        deltas.posting_date,
        deltas.posted_at,
        deltas.movement_count,
        deltas.late_movement_count,
        deltas.correction_count,
        deltas.restated_qty,
        deltas.other_owner_qty,
        deltas.net_demand_qty,
        deltas.sold_qty,
        cast(coalesce(on_hand.on_hand_qty, 0) as decimal(18, 4)) as booked_closing_qty,
        cast(coalesce(on_hand.on_hand_qty, 0) + coalesce(cumulated.known_before_qty, 0) as decimal(18, 4))
            as old_closing_qty,
        cast(coalesce(on_hand.on_hand_qty, 0) + cumulated.known_qty as decimal(18, 4)) as new_closing_qty,
        unit_costs.unit_cost_amount,
        locations.company_currency as currency,
        {{ kpi_restated_amount('deltas.restated_qty', 'unit_costs.unit_cost_amount', 'company_rates.average_rate') }}
            as restated_amount,
        {{ kpi_restated_amount('deltas.sold_qty', 'unit_costs.unit_cost_amount', 'company_rates.average_rate') }}
            as restated_cogs_amount
    from deltas
    inner join cumulated
        on
            deltas.sku_id = cumulated.sku_id
            and deltas.location_id = cumulated.location_id
            and deltas.event_date = cumulated.event_date
            and deltas.posting_date = cumulated.posting_date
    left join on_hand
        on
            deltas.sku_id = on_hand.sku_id
            and deltas.location_id = on_hand.location_id
            and deltas.event_date >= on_hand.valid_from_date
            and deltas.event_date < on_hand.valid_to_date
    left join unit_costs
        on
            deltas.sku_id = unit_costs.sku_id
            and deltas.location_id = unit_costs.location_id
            and deltas.event_date >= unit_costs.valid_from_date
            and deltas.event_date < unit_costs.valid_to_date
    left join locations on deltas.location_id = locations.location_id
    left join company_rates
        on
            locations.currency = company_rates.currency
            and locations.company_currency = company_rates.company_currency
            and deltas.month_start_date = company_rates.month_start_date
)

select * from final
