with cutoff as (
    select * from {{ ref('stg_unified__cutoff') }}
),

final as (
    select
        as_of_at,
        as_of_date
    from cutoff
)

select * from final
