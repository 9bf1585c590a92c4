-- What speaks for a phantom at each look, each sign on the scale on which it is added up: logarithms of odds.
with rates as (
    select * from {{ ref('int_visibility__phantom_rate') }}
),

reports as (
    select * from {{ ref('int_visibility__pick_report') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

feature_policy as (
    {{ policy_as_of(
        ['phantom_prior_hazard', 'phantom_rate_log_sd', 'phantom_max_log_odds'], over='cutoff', as_of='as_of_date'
    ) }}
),

{% set doubt = [
    'feature_policy.phantom_prior_hazard', 'feature_policy.phantom_rate_log_sd', 'rates.demand_day_count',
    'feature_policy.phantom_max_log_odds',
] %}

reported as (
    select
        rates.*,
        {{ fixed('rates.occasion_rate * (1 - reports.report_ratio)', 8) }} as silent_rate
    from rates
    inner join reports on rates.location_id = reports.location_id
),

final as (
    select
        rates.sku_id,
        rates.location_id,
        rates.look_date,
        rates.is_cutoff,
        rates.company_code,
        rates.abc_class,
        rates.book_qty,
        rates.is_phantom,
        {{ kpi_silence_log_odds('rates.silent_rate', 'rates.silent_day_count', 'rates.onset_day_count', *doubt) }}
            as silence_rate,
        -- Silence before a count that agreed with the books: it speaks as far as such counts are made without looking.
        greatest(
            {{ kpi_silence_log_odds(
                'rates.silent_rate', 'rates.confirmed_day_count', 'rates.confirmed_day_count', *doubt
            ) }}, 0
        ) as agreed_rate,
        cast(case when rates.short_since_count > 0 then 1 else 0 end as decimal(18, 6)) as short_rate,
        cast(case when rates.missing_since_count > 0 then 1 else 0 end as decimal(18, 6)) as missing_rate,
        {{ kpi_log_count('greatest(rates.short_since_count + rates.missing_since_count - 1, 0)') }}
            as failed_again_rate,
        {{ kpi_low_record('rates.book_qty', 'rates.issue_qty') }} as low_rate,
        {{ kpi_log_count('rates.negative_count') }} as negative_rate,
        {{ kpi_log_count('rates.miss_count') }} as miss_rate,
        {{ kpi_log_count('rates.empty_count') }} as empty_rate,
        {{ kpi_log_count('rates.unproved_day_count') }} as uncounted_rate,
        cast(case when rates.is_targeted then 1 else 0 end as decimal(18, 6)) as targeted_rate
    from reported as rates
    cross join feature_policy
)

select * from final
