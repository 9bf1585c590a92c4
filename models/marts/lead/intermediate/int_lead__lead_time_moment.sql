-- Moments of both samples of a segment; overdue lines count among the recent ones.
with samples as (
    select
        *,
        sample_code <> 'base' as is_recent,
        {{ kpi_log_lead_time('capped_lead_time_days') }} as log_days
    from {{ ref('int_lead__lead_time_sample') }}
),

summed as (
    select
        segment_type,
        segment_id,
        supplier_id,
        evaluated_date,
        {%- for name, chosen in [('recent', 'is_recent'), ('base', 'not is_recent')] %}
        cast(count(*) filter (where {{ chosen }}) as integer) as {{ name }}_count,
        sum(capped_lead_time_days) filter (where {{ chosen }}) as {{ name }}_days,
        sum({{ multiply('capped_lead_time_days', 'capped_lead_time_days') }}) filter (where {{ chosen }})
            as {{ name }}_squared_days,
        sum(log_days) filter (where {{ chosen }}) as {{ name }}_log,
        sum({{ product('log_days', 'log_days') }}) filter (where {{ chosen }})
            as {{ name }}_squared_log,
        sum(deviation_days) filter (where {{ chosen }}) as {{ name }}_sum_deviation_days,
        {{ quantile_observed('case when ' ~ chosen ~ ' then capped_lead_time_days end', 0.5) }}
            as {{ name }}_p50_days,
        {{ quantile_observed('case when ' ~ chosen ~ ' then capped_lead_time_days end', 0.95) }}
            as {{ name }}_p95_days,
        {%- endfor %}
        cast(count(*) filter (where sample_code = 'overdue') as integer) as overdue_count
    from samples
    group by segment_type, segment_id, supplier_id, evaluated_date
),

explained as (
    select
        {%- for name in ['recent', 'base'] %}
        {{ kpi_explained_squares(name ~ '_count', name ~ '_days') }} as {{ name }}_explained_days,
        {{ kpi_explained_squares(name ~ '_count', name ~ '_log') }}
            as {{ name }}_explained_log,
        {%- endfor %}
        *
    from summed
),

varied as (
    select
        {%- for name in ['recent', 'base'] %}
        {{ kpi_sample_variance(name ~ '_count', name ~ '_explained_days', name ~ '_squared_days') }}
            as {{ name }}_variance_days,
        {{ kpi_sample_variance(name ~ '_count', name ~ '_explained_log', name ~ '_squared_log') }}
            as {{ name }}_log_variance,
        {%- endfor %}
        *
    from explained
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
        {{ divide(name ~ '_days', name ~ '_count') }} as {{ name }}_mean_days,
        {{ square_root(name ~ '_variance_days') }} as {{ name }}_sd_days,
        {{ name }}_p50_days,
        {{ name }}_p95_days,
        {{ divide(name ~ '_sum_deviation_days', name ~ '_count') }} as {{ name }}_deviation_days,
        {{ name }}_log_variance as {{ name }}_log_variance_ratio,
        {%- endfor %}
        {{ kpi_spread_ratio('recent_log_variance', 'base_log_variance') }} as variance_ratio
    from varied
)

select * from final
