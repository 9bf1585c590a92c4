-- How often flags are right, as stewards and counts found.
with judgements as (
    select * from {{ ref('int_visibility__flag_judgement') }}
),

precision_policy as (
    {{ policy_as_of(['min_flag_verdicts', 'flag_precision_z'], over='judgements', as_of='period_start_date') }}
),

final as (
    select
        judgements.rule_id,
        judgements.scope_type,
        judgements.scope_id,
        judgements.period_type,
        judgements.period_start_date,
        judgements.period_end_date,
        judgements.flag_count,
        judgements.confirmed_count,
        judgements.false_alarm_count,
        judgements.accepted_count,
        judgements.open_count,
        judgements.lapsed_count,
        judgements.judged_by_count_count,
        {% set judged = ('judgements.confirmed_count', 'judgements.false_alarm_count') %}
        {{ kpi_flag_precision_ratio(judged[0], judged[1], 'precision_policy.min_flag_verdicts') }}
            as flag_precision_ratio,
        {{ kpi_flag_precision_reason(judged[0], judged[1], 'precision_policy.min_flag_verdicts') }}
            as flag_precision_reason,
        {%- for side, name in [(-1, 'lower'), (1, 'upper')] %}
        {{ kpi_wilson_bound(
            judged[0], '(' ~ judged[0] ~ ' + ' ~ judged[1] ~ ')', 'precision_policy.flag_precision_z', side
        ) }} as flag_precision_{{ name }}_ratio,
        {%- endfor %}
        judgements.median_verdict_days
    from judgements
    inner join precision_policy on judgements.period_start_date = precision_policy.period_start_date
)

select * from final
