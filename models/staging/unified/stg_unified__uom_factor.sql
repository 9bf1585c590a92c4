with items as (
    select * from {{ ref('stg_unified__item') }}
),

item_uoms as (
    select * from {{ ref('stg_erp__item_uoms') }}
),

uom_aliases as (
    select * from {{ ref('uom_aliases') }}
),

uom_codes as (
    select * from {{ ref('uom_codes') }}
),

ranked_item_uoms as (
    select
        item_uoms.division_code,
        item_uoms.item_code,
        coalesce(uom_aliases.uom_code, {{ normalised_text('item_uoms.uom') }}) as uom_code,
        item_uoms.factor_to_base,
        row_number() over (
            partition by
                item_uoms.division_code,
                item_uoms.item_code,
                coalesce(uom_aliases.uom_code, {{ normalised_text('item_uoms.uom') }})
            order by item_uoms._meta_extracted_at desc, item_uoms._meta_batch_id desc, item_uoms._meta_row desc
        ) as recency_rank
    from item_uoms
    left join uom_aliases on {{ normalised_text('item_uoms.uom') }} = uom_aliases.uom_alias
),

-- Precedence 1: the base unit itself. 2: the item's own packaging. 3: units of one physical class (UN/ECE Rec 20).
candidates as (
    select
        division_code,
        item_code,
        base_uom_code as uom_code,
        cast(1 as decimal(18, 6)) as factor_to_base,
        1 as precedence,
        'base' as factor_source
    from items

    union all

    select
        division_code,
        item_code,
        uom_code,
        factor_to_base,
        2 as precedence,
        'item' as factor_source
    from ranked_item_uoms
    where recency_rank = 1

    union all

    select
        items.division_code,
        items.item_code,
        other_uom.uom_code,
        cast({{ divide('other_uom.factor_to_class_base', 'base_uom.factor_to_class_base') }} as decimal(18, 6))
            as factor_to_base,
        3 as precedence,
        'class' as factor_source
    from items
    inner join uom_codes as base_uom on items.base_uom_code = base_uom.uom_code
    inner join uom_codes as other_uom on base_uom.uom_class = other_uom.uom_class
    where base_uom.uom_class <> 'packaging'
),

preferred as (
    select
        *,
        row_number() over (partition by division_code, item_code, uom_code order by precedence) as preference_rank
    from candidates
),

-- Every word the divisions use for a unit leads to its factor: the code itself and all its aliases.
spellings as (
    select
        uom_alias as uom_key,
        uom_code
    from uom_aliases

    union all

    select distinct
        uom_code as uom_key,
        uom_code
    from preferred
    where uom_code not in (select uom_aliases.uom_alias from uom_aliases)
),

final as (
    select
        preferred.division_code,
        preferred.item_code,
        spellings.uom_key,
        preferred.uom_code,
        preferred.factor_to_base,
        preferred.factor_source
    from preferred
    inner join spellings on preferred.uom_code = spellings.uom_code
    where preferred.preference_rank = 1
)

select * from final
