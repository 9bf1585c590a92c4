with items as (
    select * from {{ ref('stg_erp__items') }}
),

uom_aliases as (
    select * from {{ ref('uom_aliases') }}
),

restricted_prefixes as (
    select * from {{ ref('gtin_restricted_prefixes') }}
),

-- An item's history comes from the immutable batches; here the latest extract that names it speaks.
ranked as (
    select
        *,
        {{ latest_extract_rank(['division_code', 'item_code']) }} as recency_rank
    from items
),

normalised as (
    select
        *,
        {{ gtin14('gtin') }} as gtin14,
        {{ normalised_text('mpn') }} as mpn_key,
        {{ normalised_text('brand') }} as brand_key,
        {{ normalised_text('base_uom') }} as base_uom_alias
    from ranked
    where recency_rank = 1
),

final as (
    select
        normalised.division_code,
        normalised.item_code,
        normalised.description,
        coalesce({{ normalised_text('normalised.category') }}, 'UNCATEGORISED') as category,
        {{ normalised_text('normalised.subcategory') }} as subcategory,
        normalised.brand,
        coalesce(uom_aliases.uom_code, normalised.base_uom_alias) as base_uom_code,
        uom_aliases.uom_code is not null as is_base_uom_known,
        normalised.gtin,
        case
            when
                {{ gtin_check_digit('normalised.gtin14') }} = cast(substr(normalised.gtin14, 14, 1) as integer)
                and restricted_prefixes.gs1_prefix is null
                and {{ is_global_gtin14('normalised.gtin14') }}
                then normalised.gtin14
        end as global_gtin14,
        case
            when normalised.gtin is null then 'absent'
            when normalised.gtin14 is null then 'wrong_length'
            when {{ gtin_check_digit('normalised.gtin14') }} <> cast(substr(normalised.gtin14, 14, 1) as integer)
                then 'wrong_check_digit'
            when restricted_prefixes.gs1_prefix is not null or not {{ is_global_gtin14('normalised.gtin14') }}
                then 'restricted_prefix'
            else 'valid'
        end as gtin_status,
        case
            when normalised.mpn_key is not null and normalised.brand_key is not null
                then normalised.brand_key || '|' || normalised.mpn_key
        end as brand_mpn_key,
        normalised.status,
        coalesce(normalised.is_key, false) as is_key,
        normalised.launch_date,
        normalised.end_of_life_date,
        normalised.superseded_by,
        normalised.shelf_life_days,
        normalised.list_price_amount,
        normalised.currency,
        normalised.updated_at
    from normalised
    left join uom_aliases on normalised.base_uom_alias = uom_aliases.uom_alias
    left join restricted_prefixes on substr(normalised.gtin14, 2, 2) = restricted_prefixes.gs1_prefix
)

select * from final
