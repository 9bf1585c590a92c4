-- Each supplier's lead time of late against what it was, whether that is a warning, and what it asks of safety stock.
with comparisons as (
    select * from {{ ref('int_lead__lead_time_comparison') }}
),

charts as (
    select * from {{ ref('int_lead__lead_time_chart') }}
),

evaluations as (
    select * from {{ ref('int_lead__lead_time_evaluation') }}
),

suppliers as (
    select * from {{ ref('dim_supplier') }}
),

open_orders as (
    select * from {{ ref('int_lead__supplier_open_order') }}
),

effects as (
    select * from {{ ref('int_lead__supplier_stock_effect') }}
),

-- A supplier without a line has a row all the same, on the day of the cut-off.
segments as (
    select
        segment_type,
        segment_id,
        supplier_id,
        evaluated_date
    from comparisons

    union

    select
        'supplier' as segment_type,
        suppliers.supplier_id as segment_id,
        suppliers.supplier_id,
        evaluations.evaluated_date
    from suppliers
    cross join evaluations
    where evaluations.is_latest
),

-- The last week that was over on the day.
chart_weeks as (
    select
        evaluations.evaluated_date,
        max(charts.week_end_date) as week_end_date
    from evaluations
    inner join charts on evaluations.evaluated_date >= charts.week_end_date
    group by evaluations.evaluated_date
),

judged as (
    select
        segments.segment_type,
        segments.segment_id,
        segments.supplier_id,
        segments.evaluated_date,
        evaluations.is_latest,
        coalesce(comparisons.recent_count, 0) as recent_count,
        coalesce(comparisons.overdue_count, 0) as overdue_count,
        coalesce(comparisons.base_count, 0) as base_count,
        {%- for name in ['recent', 'base'] %}
        comparisons.{{ name }}_mean_days,
        comparisons.{{ name }}_sd_days,
        comparisons.{{ name }}_p50_days,
        comparisons.{{ name }}_p95_days,
        comparisons.{{ name }}_deviation_days,
        {%- endfor %}
        comparisons.shift_days,
        comparisons.shift_ratio,
        comparisons.spread_ratio,
        comparisons.tail_probability,
        comparisons.spread_signal,
        case
            when comparisons.segment_id is null then {{ kpi_lead_time_reason(0, 0, 0, 0, 0, 0) }}
            else comparisons.lead_time_reason
        end as lead_time_reason,
        charts.cusum_ratio,
        charts.is_level_signal,
        charts.level_since_date
    from segments
    inner join evaluations on segments.evaluated_date = evaluations.evaluated_date
    left join comparisons
        on
            segments.segment_type = comparisons.segment_type
            and segments.segment_id = comparisons.segment_id
            and segments.evaluated_date = comparisons.evaluated_date
    left join chart_weeks on segments.evaluated_date = chart_weeks.evaluated_date
    left join charts
        on
            case when segments.segment_type = 'supplier' then segments.segment_id end = charts.supplier_id
            and chart_weeks.week_end_date = charts.week_end_date
),

final as (
    select
        judged.*,
        {{ kpi_lead_time_signal('judged.is_level_signal', 'judged.spread_signal') }} as signal_code,
        {{ kpi_lead_time_signal_reason('judged.is_level_signal', 'judged.spread_signal') }} as signal_reason,
        open_orders.division_code,
        open_orders.company_code,
        open_orders.open_line_count,
        open_orders.overdue_line_count,
        open_orders.unvalued_line_count,
        open_orders.open_amount,
        open_orders.overdue_amount,
        effects.record_count,
        effects.uncosted_record_count,
        effects.base_ss_amount,
        effects.recent_ss_amount,
        cast(effects.recent_ss_amount - effects.base_ss_amount as decimal(24, 4)) as ss_effect_amount
    from judged
    left join open_orders
        on
            case when judged.segment_type = 'supplier' then judged.segment_id end = open_orders.supplier_id
            and judged.evaluated_date = open_orders.evaluated_date
    left join effects
        on
            case when judged.segment_type = 'supplier' then judged.segment_id end = effects.supplier_id
            and judged.evaluated_date = effects.evaluated_date
)

select * from final
