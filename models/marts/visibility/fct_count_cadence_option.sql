-- What it would cost a year to count the records of a class at a site every so many days: policy's candidates and the
-- present cycle. The cheapest is chosen, the longer of two alike; the whole curve is kept.
with decay as (
    select * from {{ ref('int_visibility__count_decay') }}
),

{% set candidates = [
    'candidate_count_days_1', 'candidate_count_days_2', 'candidate_count_days_3',
    'candidate_count_days_4', 'candidate_count_days_5', 'candidate_count_days_6',
] %}

option_policy as (
    {{ policy_as_of(
        ['candidate_count_days_1', 'candidate_count_days_2', 'candidate_count_days_3', 'candidate_count_days_4',
         'candidate_count_days_5', 'candidate_count_days_6', 'count_cycle_days', 'count_cost', 'count_error_rate',
         'count_decay_exponent'],
        over='decay', as_of='as_of_date', scopes={'abc_class': 'abc_class', 'location': 'location_id'}
    ) }}
),

intervals as (
    {%- for candidate in candidates %}
    select
        location_id,
        abc_class,
        {{ candidate }} as count_days
    from option_policy

    union
    {% endfor %}
    select
        location_id,
        abc_class,
        count_cycle_days as count_days
    from option_policy
),

costed as (
    select
        decay.*,
        cast(intervals.count_days as integer) as count_day_count,
        intervals.count_days = option_policy.count_cycle_days as is_current,
        coalesce(intervals.count_days > decay.longest_day_count, false) as is_beyond_observed,
        {{ kpi_counting_cost('decay.record_count', 'option_policy.count_cost', 'intervals.count_days') }}
            as counting_cost_amount,
        {{ kpi_expected_error(
            'decay.record_count', 'decay.decay_amount',
            kpi_decay_days('intervals.count_days', 'option_policy.count_decay_exponent'),
            'option_policy.count_decay_exponent'
        ) }} as expected_error_amount,
        option_policy.count_error_rate
    from decay
    inner join option_policy using (as_of_date, abc_class, location_id)
    inner join intervals using (abc_class, location_id)
),

totalled as (
    select
        *,
        {{ product('expected_error_amount', 'count_error_rate', 4) }} as error_cost_amount,
        cast(
            counting_cost_amount + {{ product('expected_error_amount', 'count_error_rate', 4) }} as decimal(24, 4)
        ) as total_cost_amount
    from costed
),

final as (
    select
        location_id,
        abc_class,
        count_day_count,
        as_of_date,
        record_count,
        counting_cost_amount,
        expected_error_amount,
        error_cost_amount,
        total_cost_amount,
        is_current,
        is_beyond_observed,
        cadence_reason is null and row_number() over (
            partition by location_id, abc_class
            order by total_cost_amount asc nulls last, count_day_count desc
        ) = 1 as is_chosen,
        cadence_reason
    from totalled
)

select * from final
