with movements as (
    select * from {{ ref('fct_stock_movement') }}
),

balances as (
    select * from {{ ref('fct_stock_balance') }}
),

skus as (
    select * from {{ ref('dim_sku') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

stock_keys as (
    select
        sku_id,
        location_id
    from movements

    union

    select
        sku_id,
        location_id
    from balances
),

first_events as (
    select
        sku_id,
        location_id,
        min(posting_date) as first_event_date
    from movements
    group by sku_id, location_id
),

final as (
    select
        stock_keys.sku_id,
        stock_keys.location_id,
        skus.category,
        locations.region_id,
        locations.division_code,
        locations.company_code,
        locations.currency,
        locations.company_currency,
        first_events.first_event_date
    from stock_keys
    inner join skus on stock_keys.sku_id = skus.sku_id
    inner join locations on stock_keys.location_id = locations.location_id
    left join first_events
        on
            stock_keys.sku_id = first_events.sku_id
            and stock_keys.location_id = first_events.location_id
)

select * from final
