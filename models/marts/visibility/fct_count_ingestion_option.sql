-- What a day costs at a site when its counts are taken in every so many minutes: the runs, and the errors that were
-- counted and wait. The cheapest within the load is chosen, the longer of two alike; the whole curve is kept.
with site_load as (
    select * from {{ ref('int_visibility__count_load') }}
),

{% set candidates = [
    'candidate_ingest_minutes_1', 'candidate_ingest_minutes_2', 'candidate_ingest_minutes_3',
    'candidate_ingest_minutes_4', 'candidate_ingest_minutes_5',
] %}

option_policy as (
    {{ policy_as_of(
        ['candidate_ingest_minutes_1', 'candidate_ingest_minutes_2', 'candidate_ingest_minutes_3',
         'candidate_ingest_minutes_4', 'candidate_ingest_minutes_5', 'count_ingest_minutes', 'count_ingest_cost',
         'count_error_rate', 'max_ingest_rows'],
        over='site_load', as_of='as_of_date', scopes={'location': 'location_id'}
    ) }}
),

intervals as (
    {%- for candidate in candidates %}
    select
        location_id,
        {{ candidate }} as ingest_minutes
    from option_policy

    union
    {% endfor %}
    select
        location_id,
        count_ingest_minutes as ingest_minutes
    from option_policy
),

costed as (
    select
        site_load.*,
        intervals.ingest_minutes,
        option_policy.max_ingest_rows,
        intervals.ingest_minutes = option_policy.count_ingest_minutes as is_current,
        {{ divide('site_load.error_amount', 'site_load.window_day_count') }} as error_per_day_amount,
        {{ kpi_ingest_cost('option_policy.count_ingest_cost', 'intervals.ingest_minutes') }} as ingest_cost_amount,
        {{ kpi_waiting_cost(
            divide('site_load.error_amount', 'site_load.window_day_count'), 'option_policy.count_error_rate',
            'intervals.ingest_minutes'
        ) }} as waiting_cost_amount,
        {{ kpi_ingest_rows('site_load.busiest_hour_count', 'site_load.busiest_day_count', 'intervals.ingest_minutes') }}
            as rows_per_hour_rate
    from site_load
    inner join option_policy using (location_id)
    inner join intervals using (location_id)
),

judged as (
    select
        *,
        rows_per_hour_rate <= max_ingest_rows as is_within_load,
        cast(ingest_cost_amount + waiting_cost_amount as decimal(24, 6)) as total_cost_amount,
        case
            when line_count = 0 then 'no_count'
            when error_amount = 0 and uncosted_count_count > 0 then 'no_cost'
            when error_amount = 0 then 'no_variance'
        end as ingestion_reason
    from costed
),

final as (
    select
        location_id,
        cast(ingest_minutes as integer) as ingest_minute_count,
        as_of_date,
        line_count,
        window_day_count,
        error_per_day_amount,
        ingest_cost_amount,
        waiting_cost_amount,
        total_cost_amount,
        rows_per_hour_rate,
        is_within_load,
        is_current,
        ingestion_reason is null and is_within_load and row_number() over (
            partition by location_id
            order by is_within_load desc, total_cost_amount asc nulls last, ingest_minutes desc
        ) = 1 as is_chosen,
        coalesce(ingestion_reason, case when not is_within_load then 'over_load' end) as ingestion_reason
    from judged
)

select * from final
