with policy_rows as (
    select * from {{ ref('policy_rows') }}
),

policy_scopes as (
    select * from {{ ref('policy_scopes') }}
),

final as (
    select
        policy_rows.policy_key,
        policy_rows.scope_type,
        policy_rows.scope_id,
        policy_scopes.scope_rank,
        policy_rows.value as value_text,
        try_cast(policy_rows.value as decimal(18, 6)) as value_number,
        policy_rows.unit,
        policy_rows.effective_from,
        coalesce(policy_rows.effective_to, date '9999-12-31') as effective_to,
        policy_rows.approved_by,
        policy_rows.decision_ref
    from policy_rows
    left join policy_scopes on policy_rows.scope_type = policy_scopes.scope_type
)

select * from final
