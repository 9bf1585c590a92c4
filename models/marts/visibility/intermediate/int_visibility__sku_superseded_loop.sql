-- Codes whose successor's successor, however far, is the code itself: nobody can tell what replaces what.
with recursive items as (
    select * from {{ ref('dim_item') }}
    where superseded_by is not null
),

successors as (
    select
        division_code,
        item_code as start_code,
        superseded_by as item_code
    from items

    union

    select
        successors.division_code,
        successors.start_code,
        items.superseded_by as item_code
    from successors
    inner join items
        on
            successors.division_code = items.division_code
            and successors.item_code = items.item_code
),

final as (
    select
        division_code,
        item_code
    from successors
    where start_code = item_code
)

select * from final
