-- Each rule, audit by audit: how many rows broke it, how many more than the time before,
-- and since when it has not passed.
with results as (
    select * from {{ ref('fct_audit_result') }}
),

audits as (
    select * from {{ ref('int_visibility__audit') }}
),

rules as (
    select * from {{ ref('dim_audit_rule') }}
),

told as (
    select
        results.*,
        audits.audit_number,
        audits.generation,
        lag(results.failed_row_count) over rule_history as previous_failed_row_count,
        max(case when results.outcome = 'passed' then audits.audit_number else 0 end) over rule_history
            as last_passed_number
    from results
    inner join audits on results.content_hash = audits.content_hash
    window rule_history as (partition by results.suite, results.rule_id order by audits.audit_number)
),

final as (
    select
        told.content_hash,
        told.suite,
        told.rule_id,
        told.audit_number,
        told.generation,
        told.as_of_at,
        rules.owner,
        rules.rule_dimension,
        told.severity,
        told.outcome,
        told.checked_row_count,
        told.failed_row_count,
        told.failed_row_count - told.previous_failed_row_count as failed_row_change,
        case when told.outcome <> 'passed' then min(told.as_of_at) over not_passed_run end as not_passed_since_at
    from told
    left join rules on told.suite = rules.suite and told.rule_id = rules.rule_id
    window not_passed_run as (partition by told.suite, told.rule_id, told.last_passed_number, told.outcome = 'passed')
)

select * from final
