-- What each rule of the audit is, who answers for it, and the share of rows that policy lets a warning break.
with rules as (
    select * from {{ ref('audit_rules') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

dated as (
    select
        rules.*,
        cutoff.as_of_date
    from rules
    cross join cutoff
),

rule_policy as (
    {{ policy_as_of(
        ['max_failed_row_ratio'], over='dated', as_of='as_of_date', scopes={'audit_rule': 'rule_key'}
    ) }}
),

final as (
    select
        dated.rule_key,
        dated.suite,
        dated.rule_id,
        dated.table_name,
        dated.rule_dimension,
        dated.severity,
        dated.owner,
        dated.says,
        dated.what_to_do,
        rule_policy.max_failed_row_ratio
    from dated
    inner join rule_policy on dated.as_of_date = rule_policy.as_of_date and dated.rule_key = rule_policy.rule_key
)

select * from final
