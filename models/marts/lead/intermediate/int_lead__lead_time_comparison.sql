-- Both samples of a segment compared: what the spread says, and why it says nothing.
with moments as (
    select * from {{ ref('int_lead__lead_time_moment') }}
),

chances as (
    select * from {{ ref('int_lead__lead_time_chance') }}
),

signal_policy as (
    {{ policy_as_of(
        [
            'lead_time_recent_min_lines', 'lead_time_base_min_lines', 'lead_time_spread_amber_ratio',
            'lead_time_spread_amber_p', 'lead_time_spread_red_ratio', 'lead_time_spread_red_p'
        ],
        over='moments', as_of='evaluated_date'
    ) }}
),

compared as (
    select
        moments.*,
        signal_policy.lead_time_spread_amber_ratio,
        signal_policy.lead_time_spread_amber_p,
        signal_policy.lead_time_spread_red_ratio,
        signal_policy.lead_time_spread_red_p,
        {{ kpi_lead_time_reason(
            'moments.recent_count + moments.base_count', 'moments.recent_count', 'moments.base_count',
            'moments.base_log_variance_ratio', 'signal_policy.lead_time_recent_min_lines',
            'signal_policy.lead_time_base_min_lines'
        ) }} as lead_time_reason,
        {{ square_root('moments.variance_ratio') }} as spread_ratio,
        chances.tail_probability
    from moments
    inner join signal_policy on moments.evaluated_date = signal_policy.evaluated_date
    left join chances
        on
            moments.variance_ratio = chances.variance_ratio
            and moments.recent_count = chances.recent_count
            and moments.base_count = chances.base_count
),

final as (
    select
        segment_type,
        segment_id,
        supplier_id,
        evaluated_date,
        overdue_count,
        {%- for name in ['recent', 'base'] %}
        {{ name }}_count,
        {{ name }}_mean_days,
        {{ name }}_sd_days,
        {{ name }}_p50_days,
        {{ name }}_p95_days,
        {{ name }}_deviation_days,
        {%- endfor %}
        case
            when lead_time_reason is null then cast(recent_mean_days - base_mean_days as decimal(24, 6))
        end as shift_days,
        case
            when lead_time_reason is null then {{ kpi_lead_time_shift_ratio('recent_mean_days', 'base_mean_days') }}
        end as shift_ratio,
        case when lead_time_reason is null then spread_ratio end as spread_ratio,
        case when lead_time_reason is null then tail_probability end as tail_probability,
        case
            when lead_time_reason is null
                then {{ kpi_spread_signal(
                    'spread_ratio', 'tail_probability', 'lead_time_spread_amber_ratio', 'lead_time_spread_amber_p',
                    'lead_time_spread_red_ratio', 'lead_time_spread_red_p'
                ) }}
        end as spread_signal,
        lead_time_reason
    from compared
)

select * from final
