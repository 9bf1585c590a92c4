-- From when to when a record's goods were on sale: from the first event of its ledger to the end of life of the last of
-- its item codes in the division, at the latest the cut-off. The second day is excluded.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
    where first_event_date is not null
),

system_ids as (
    select * from {{ ref('bridge_sku_system_id') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

ends as (
    select
        sku_id,
        division_code,
        max(coalesce(end_of_life_date, date '9999-12-31')) as end_of_life_date
    from system_ids
    group by sku_id, division_code
),

final as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        stock_records.first_event_date as active_from_date,
        least(
            coalesce(ends.end_of_life_date, date '9999-12-31'),
            {{ add_days('cutoff.as_of_date', 1) }}
        ) as active_to_date
    from stock_records
    cross join cutoff
    left join ends
        on
            stock_records.sku_id = ends.sku_id
            and stock_records.division_code = ends.division_code
)

select * from final
