-- How each supplier kept its promises over the window that ends with each month: sums and the parts of its score.
with months as (
    select * from {{ ref('int_lag__supplier_month') }}
),

supplier_days as (
    select * from {{ ref('int_lag__supplier_day') }}
),

lead_times as (
    select * from {{ ref('int_lag__supplier_lead_time') }}
),

{% set counts = [
    'due_line_count', 'otif_line_count', 'received_line_count', 'measured_line_count', 'unvalued_line_count',
] %}
{% set shares = ['rejected_lines_ratio', 'wrong_lines_ratio'] %}
{% set amounts = ['due_amount', 'otif_amount', 'single_source_amount'] %}

summed as (
    select
        months.supplier_id,
        months.month_start_date,
        {%- for name in counts + shares + amounts[1:] %}
        sum(supplier_days.{{ name }}) as {{ name }},
        {%- endfor %}
        sum(supplier_days.due_amount) as due_amount
    from months
    inner join supplier_days
        on
            months.supplier_id = supplier_days.supplier_id
            and months.before_window_date < supplier_days.planned_date
            and months.last_day_date >= supplier_days.planned_date
    group by months.supplier_id, months.month_start_date
),

joined as (
    select
        months.*,
        {%- for name in counts %}
        cast(coalesce(summed.{{ name }}, 0) as integer) as {{ name }},
        {%- endfor %}
        {%- for name in shares %}
        cast(coalesce(summed.{{ name }}, 0) as decimal(18, 6)) as {{ name }},
        {%- endfor %}
        {%- for name in amounts %}
        cast(coalesce(summed.{{ name }}, 0) as decimal(24, 4)) as {{ name }},
        {%- endfor %}
        coalesce(lead_times.receipt_count, 0) as lead_time_count,
        lead_times.mean_lead_time_days,
        lead_times.sd_lead_time_days
    from months
    left join summed
        on
            months.supplier_id = summed.supplier_id
            and months.month_start_date = summed.month_start_date
    left join lead_times
        on
            months.supplier_id = lead_times.supplier_id
            and months.month_start_date = lead_times.month_start_date
),

final as (
    select
        supplier_id,
        division_code,
        company_code,
        month_start_date,
        last_day_date,
        is_month_closed,
        is_latest,
        {%- for name in counts + shares + amounts %}
        {{ name }},
        {%- endfor %}
        lead_time_count,
        mean_lead_time_days,
        sd_lead_time_days,
        {{ divide('otif_line_count', 'due_line_count') }} as otif_ratio,
        {{ divide('otif_amount', 'due_amount') }} as otif_value_ratio,
        cast(1 - {{ divide('rejected_lines_ratio', 'received_line_count') }} as decimal(24, 6)) as quality_ratio,
        cast({{ kpi_lead_time_consistency('mean_lead_time_days', 'sd_lead_time_days') }} as decimal(24, 6))
            as lead_time_consistency_ratio,
        cast(1 - {{ divide('wrong_lines_ratio', 'measured_line_count') }} as decimal(24, 6))
            as quantity_accuracy_ratio
    from joined
)

select * from final
