-- A location without failing keys has no row in an audit; its count is zero there, so that a rule that is mended shows
-- as mended. Audits before a location first failed a rule are left out.
with locations as (
    select * from {{ ref('fct_audit_location') }}
),

trend as (
    select * from {{ ref('fct_validation_trend') }}
),

failing as (
    select
        locations.suite,
        locations.rule_id,
        locations.location_id,
        min(trend.audit_number) as first_failed_number
    from locations
    inner join trend
        on
            locations.content_hash = trend.content_hash
            and locations.suite = trend.suite
            and locations.rule_id = trend.rule_id
    group by locations.suite, locations.rule_id, locations.location_id
),

counted as (
    select
        trend.content_hash,
        trend.suite,
        trend.rule_id,
        failing.location_id,
        trend.audit_number,
        trend.generation,
        trend.as_of_at,
        trend.owner,
        trend.severity,
        -- What could not be checked is not zero, nor is what was found before audits told the locations.
        case
            when trend.failed_row_count = 0 and trend.outcome = 'passed' then 0
            when sum(locations.failed_row_count) over one_result > 0 then coalesce(locations.failed_row_count, 0)
        end as failed_row_count
    from failing
    inner join trend
        on
            failing.suite = trend.suite
            and failing.rule_id = trend.rule_id
            and failing.first_failed_number <= trend.audit_number
    left join locations
        on
            trend.content_hash = locations.content_hash
            and failing.suite = locations.suite
            and failing.rule_id = locations.rule_id
            and failing.location_id = locations.location_id
    window one_result as (partition by trend.content_hash, trend.suite, trend.rule_id)
),

final as (
    select
        *,
        failed_row_count - lag(failed_row_count) over (
            partition by suite, rule_id, location_id order by audit_number
        ) as failed_row_change
    from counted
)

select * from final
