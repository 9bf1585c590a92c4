-- What each code stood for, and when; bridge_sku_system_id has what it stands for now.
with crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

final as (
    select
        division_code,
        item_code,
        valid_from,
        valid_to,
        is_current,
        sku_id,
        match_rule
    from crosswalk
)

select * from final
