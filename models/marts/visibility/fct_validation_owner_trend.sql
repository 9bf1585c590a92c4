-- How the rules of each owner stood, audit by audit.
with trend as (
    select * from {{ ref('fct_validation_trend') }}
),

per_owner as (
    select
        content_hash,
        coalesce(owner, 'nobody') as owner,
        max(audit_number) as audit_number,
        max(generation) as generation,
        max(as_of_at) as as_of_at,
        count(*) as rule_count,
        count(*) filter (where outcome = 'failed') as failed_rule_count,
        count(*) filter (where outcome = 'could_not_check') as unchecked_rule_count,
        cast(sum(failed_row_count) as bigint) as failed_row_count
    from trend
    group by content_hash, coalesce(owner, 'nobody')
),

final as (
    select
        *,
        failed_rule_count - lag(failed_rule_count) over owner_history as failed_rule_change,
        failed_row_count - lag(failed_row_count) over owner_history as failed_row_change
    from per_owner
    window owner_history as (partition by owner order by audit_number)
)

select * from final
