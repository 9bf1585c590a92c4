-- How long order lines take from stage to stage, per location, channel and month of the order, and which stage makes
-- their time uncertain.
with stage_times as (
    select * from {{ ref('int_lead__order_stage_time') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

cycle_policy as (
    {{ policy_as_of(['order_cycle_limit_hours', 'order_cycle_min_lines'], over='cutoff', as_of='as_of_date') }}
),

grouped as (
    {%- for channel in ['channel', "'all'"] %}
    select
        location_id,
        {{ channel }} as channel,
        month_start_date,
        cycle_stage,
        is_open,
        is_negative,
        stage_hours
    from stage_times
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

measured as (
    select
        *,
        case when not is_open and not is_negative then stage_hours end as done_hours
    from grouped
),

summed as (
    select
        measured.location_id,
        measured.channel,
        measured.month_start_date,
        measured.cycle_stage,
        cycle_policy.order_cycle_min_lines,
        cast(count(measured.done_hours) as integer) as line_count,
        cast(count(*) filter (where measured.is_open) as integer) as open_line_count,
        cast(count(*) filter (where measured.is_negative) as integer) as negative_line_count,
        cast(max(measured.stage_hours) filter (where measured.is_open) as decimal(24, 6)) as oldest_open_hours,
        {{ divide('sum(measured.done_hours)', 'count(measured.done_hours)') }} as mean_hours,
        {{ quantile_observed('measured.done_hours', 0.5) }} as p50_hours,
        {{ quantile_observed('measured.done_hours', 0.9) }} as p90_hours,
        {{ quantile_observed('measured.done_hours', 0.95) }} as p95_hours,
        cast(count({{ kpi_is_cycle_slow(
            'measured.stage_hours', 'measured.is_open', 'cycle_policy.order_cycle_limit_hours'
        ) }}) as integer) as judged_line_count,
        cast(count(*) filter (where {{ kpi_is_cycle_slow(
            'measured.stage_hours', 'measured.is_open', 'cycle_policy.order_cycle_limit_hours'
        ) }}) as integer) as slow_line_count
    from measured
    cross join cycle_policy
    group by
        measured.location_id, measured.channel, measured.month_start_date, measured.cycle_stage,
        cycle_policy.order_cycle_min_lines
),

spread as (
    select
        *,
        cycle_stage = 'order_to_delivery' as is_whole,
        {{ kpi_stage_spread_hours('p90_hours', 'p50_hours') }} as spread_hours,
        case
            when line_count = 0 then 'no_line_done'
            when line_count < order_cycle_min_lines then 'insufficient'
        end as cycle_reason
    from summed
),

ranked as (
    select
        *,
        case
            when cycle_reason is null and not is_whole
                then
                    sum(case when cycle_reason is null and not is_whole then spread_hours end) over (
                        partition by location_id, channel, month_start_date
                    )
        end as all_hours,
        row_number() over (
            partition by location_id, channel, month_start_date
            order by
                case when cycle_reason is null and not is_whole then 0 else 1 end,
                spread_hours desc nulls last,
                cycle_stage asc
        ) as spread_rank
    from spread
),

final as (
    select
        location_id,
        channel,
        month_start_date,
        cycle_stage,
        line_count,
        open_line_count,
        negative_line_count,
        oldest_open_hours,
        mean_hours,
        p50_hours,
        p90_hours,
        p95_hours,
        spread_hours,
        {{ kpi_spread_share_ratio('spread_hours', 'all_hours') }} as spread_share_ratio,
        spread_rank = 1 and cycle_reason is null and spread_hours > 0 and not is_whole as is_bottleneck,
        cycle_reason,
        case when is_whole then judged_line_count end as judged_line_count,
        case when is_whole then slow_line_count end as slow_line_count
    from ranked
)

select * from final
