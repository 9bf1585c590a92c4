-- Codes whose successor's successor, however far, is the code itself: nobody can tell what replaces what.
with recursive items as (
    select * from {{ ref('dim_item') }}
    where superseded_by is not null
),

successors as (
    {{ walked_pairs('successors', 'items', 'item_code', 'superseded_by', ['division_code']) }}
),

final as (
    select
        division_code,
        item_code
    from successors
    where item_code = superseded_by
)

select * from final
