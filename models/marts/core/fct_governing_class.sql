-- The classes that govern each SKU at the cut-off, in its company: the frozen ones, or the provisional where there are
-- none.
with classes as (
    select * from {{ ref('fct_sku_class') }}
    where scope_type = 'company'
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

governing as (
    select
        classes.scope_id as company_code,
        classes.sku_id,
        classes.abc_class,
        classes.xyz_class,
        row_number() over (
            partition by classes.scope_id, classes.sku_id order by classes.is_provisional
        ) as preference_rank
    from classes
    cross join cutoff
    where
        classes.is_provisional
        or (
            classes.effective_from_date <= cutoff.as_of_date
            and classes.effective_to_date > cutoff.as_of_date
        )
),

final as (
    select
        company_code,
        sku_id,
        coalesce(abc_class, '-') as abc_class,
        xyz_class
    from governing
    where preference_rank = 1
)

select * from final
