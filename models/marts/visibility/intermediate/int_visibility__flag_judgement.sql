-- Flags and their verdicts added up per rule (* for all rules), scope and period.
with periods as (
    select * from {{ ref('int_visibility__flag_period') }}
),

scopes as (
    select * from {{ ref('int_visibility__flag_scope') }}
),

scoped as (
    {%- for rule_id in ['periods.rule_id', "'*'"] %}
    select
        {{ rule_id }} as rule_id,
        scopes.scope_type,
        scopes.scope_id,
        periods.period_type,
        periods.period_start_date,
        periods.period_end_date,
        periods.is_open,
        periods.verdict,
        periods.is_confirmed,
        periods.source,
        periods.verdict_days
    from periods
    inner join scopes
        on
            periods.sku_id = scopes.sku_id
            and periods.location_id = scopes.location_id
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        rule_id,
        scope_type,
        scope_id,
        period_type,
        period_start_date,
        period_end_date,
        cast(count(*) as integer) as flag_count,
        cast(sum(case when is_confirmed then 1 else 0 end) as integer) as confirmed_count,
        cast(sum(case when not is_confirmed then 1 else 0 end) as integer) as false_alarm_count,
        cast(sum(case when verdict is not null and is_confirmed is null then 1 else 0 end) as integer)
            as accepted_count,
        cast(sum(case when verdict is null and is_open then 1 else 0 end) as integer) as open_count,
        cast(sum(case when verdict is null and not is_open then 1 else 0 end) as integer) as lapsed_count,
        cast(sum(case when source = 'count' then 1 else 0 end) as integer) as judged_by_count_count,
        {{ median_observed('verdict_days') }} as median_verdict_days
    from scoped
    group by rule_id, scope_type, scope_id, period_type, period_start_date, period_end_date
)

select * from final
