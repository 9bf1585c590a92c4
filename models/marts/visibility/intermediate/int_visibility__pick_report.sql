-- How many of the picks that find an empty shelf a site reports: reports on records that a count found empty, of the
-- occasions that were missed there by their rate; few of either are drawn towards policy's share.
with rates as (
    select * from {{ ref('int_visibility__phantom_rate') }}
    where is_phantom and not is_targeted
),

records as (
    select * from {{ ref('fct_stock_record') }}
),

report_policy as (
    {{ policy_as_of(
        ['phantom_prior_report_ratio', 'phantom_report_weight', 'phantom_max_report_ratio'],
        over='records', as_of='as_of_date'
    ) }}
),

missed as (
    select
        location_id,
        short_since_count + missing_since_count as report_count,
        {{ kpi_missed_occasions('occasion_rate', 'silent_day_count') }} as missed_rate
    from rates
),

summed as (
    select
        location_id,
        count(*) as empty_count,
        sum(report_count) as report_count,
        cast(sum(missed_rate) as decimal(18, 6)) as missed_rate
    from missed
    group by location_id
),

sites as (
    select
        location_id,
        max(as_of_date) as as_of_date
    from records
    group by location_id
),

final as (
    select
        sites.location_id,
        cast(coalesce(summed.empty_count, 0) as integer) as empty_count,
        cast(coalesce(summed.report_count, 0) as integer) as report_count,
        coalesce(summed.missed_rate, 0) as missed_rate,
        {{ kpi_report_ratio(
            'coalesce(summed.report_count, 0)', 'coalesce(summed.missed_rate, 0)',
            'report_policy.phantom_prior_report_ratio', 'report_policy.phantom_report_weight',
            'report_policy.phantom_max_report_ratio'
        ) }} as report_ratio
    from sites
    inner join report_policy on sites.as_of_date = report_policy.as_of_date
    left join summed on sites.location_id = summed.location_id
)

select * from final
