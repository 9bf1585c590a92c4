-- Days of a month that a record under a promise of stock closed with goods, of the days its location's ledger
-- speaks of; the day of the cut-off is not over.
with covered as (
    select * from {{ ref('int_service__contract_record_month') }}
    where service_type = 'in_stock'
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
    where on_hand_qty > 0
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

feeds as (
    select
        location_id,
        min(first_event_date) as feed_start_date
    from stock_records
    group by location_id
),

spans as (
    select distinct
        covered.sku_id,
        covered.location_id,
        covered.month_start_date,
        greatest(covered.month_start_date, feeds.feed_start_date) as from_date,
        least({{ add_months('covered.month_start_date', 1) }}, cutoff.as_of_date) as to_date
    from covered
    inner join feeds on covered.location_id = feeds.location_id
    cross join cutoff
),

final as (
    select
        spans.sku_id,
        spans.location_id,
        spans.month_start_date,
        cast({{ days_between('spans.from_date', 'spans.to_date') }} as bigint) as known_day_count,
        cast(
            coalesce(
                sum(
                    {{ days_between(
                        'greatest(spans.from_date, on_hand.valid_from_date)',
                        'least(spans.to_date, on_hand.valid_to_date)'
                    ) }}
                ) filter (where on_hand.sku_id is not null), 0
            ) as bigint
        ) as stocked_day_count
    from spans
    left join on_hand
        on
            spans.sku_id = on_hand.sku_id
            and spans.location_id = on_hand.location_id
            and spans.to_date > on_hand.valid_from_date
            and spans.from_date < on_hand.valid_to_date
    where spans.from_date < spans.to_date
    group by spans.sku_id, spans.location_id, spans.month_start_date, spans.from_date, spans.to_date
)

select * from final
