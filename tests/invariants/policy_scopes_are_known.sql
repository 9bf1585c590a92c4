-- A policy row of a scope type that nobody ranks would never answer.
with final as (
    select
        policy_key,
        scope_type,
        scope_id
    from {{ ref('dim_policy') }}
    where scope_rank is null or effective_from >= effective_to
)

select * from final
