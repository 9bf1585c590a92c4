-- The service a customer was promised: for an item, else for a category, else for everything; at a location or at all.
with contracts as (
    select * from {{ ref('stg_erp__service_contracts') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

items as (
    select * from {{ ref('stg_unified__item') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

categories as (
    select distinct
        division_code,
        category
    from items
),

ranked as (
    select
        *,
        case when item_code is null then {{ normalised_text('category') }} end as category_key,
        {{ latest_extract_rank(['division_code', 'contract_number', 'line_number']) }} as recency_rank
    from contracts
),

final as (
    select
        ranked.division_code,
        ranked.contract_number,
        ranked.line_number,
        ranked.customer_code,
        ranked.item_code,
        crosswalk.sku_id,
        ranked.category_key as category,
        ranked.location_code,
        locations.location_id,
        ranked.service_type,
        ranked.target_ratio,
        ranked.window_days as window_day_count,
        ranked.penalty_rate,
        ranked.penalty_basis,
        ranked.currency,
        ranked.valid_from_date,
        coalesce(ranked.valid_to_date, date '9999-12-31') as valid_to_date,
        case
            when ranked.location_code is not null and locations.location_id is null then 'unknown_location'
            when ranked.item_code is not null and crosswalk.sku_id is null then 'unknown_item'
            when ranked.category_key is not null and categories.category is null then 'unknown_category'
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
    left join categories
        on
            ranked.division_code = categories.division_code
            and ranked.category_key = categories.category
    left join locations
        on
            ranked.division_code = locations.division_code
            and ranked.location_code = locations.location_code
    where ranked.recency_rank = 1
)

select * from final
