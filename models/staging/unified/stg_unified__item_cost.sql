with item_costs as (
    select * from {{ ref('stg_erp__item_costs') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

divisions as (
    select
        division_code,
        max(currency) as currency
    from locations
    group by division_code
),

ranked as (
    select
        *,
        {{ latest_extract_rank(
            ['division_code', 'item_code', 'location_code', 'cost_method', 'valid_from_date']
        ) }} as recency_rank
    from item_costs
),

final as (
    select
        crosswalk.sku_id,
        ranked.division_code,
        ranked.item_code,
        ranked.location_code,
        ranked.cost_method,
        -- Null, zero and negative costs all mean missing.
        case when ranked.unit_cost_amount > 0 then ranked.unit_cost_amount end as unit_cost_amount,
        ranked.currency,
        ranked.valid_from_date,
        case
            when crosswalk.sku_id is null then 'unknown_item'
            when ranked.location_code is not null and locations.location_id is null then 'unknown_location'
            when ranked.currency <> divisions.currency then 'other_currency'
        end as quarantine_rule,
        ranked._meta_batch_id,
        ranked._meta_file,
        ranked._meta_row
    from ranked
    left join crosswalk
        on
            ranked.division_code = crosswalk.division_code
            and ranked.item_code = crosswalk.item_code
            and coalesce(crosswalk.is_current, true)
    left join locations
        on
            ranked.division_code = locations.division_code
            and ranked.location_code = locations.location_code
    left join divisions on ranked.division_code = divisions.division_code
    where ranked.recency_rank = 1
)

select * from final
