-- KPIs of the subject lead in the shape of the scorecard: receipts, one branch per registry row, and those that have a
-- step of their own.
with receipt_months as (
    select * from {{ ref('fct_receipt_exception') }}
    where is_month_closed
),

supply_values as (
    select * from {{ ref('int_scorecard__supply_kpi_value') }}
),

promotion_values as (
    select * from {{ ref('int_scorecard__promotion_kpi_value') }}
),

final as (
    {%- for kpi_id, part, whole, value, reason in [
        ('receipt_date_alert_ratio', 'date_alert_line_count', 'date_judged_line_count', 'date_alert_ratio',
         'date_alert_reason'),
        ('receipt_late_alert_ratio', 'late_alert_line_count', 'date_judged_line_count', 'late_alert_ratio',
         'late_alert_reason'),
        ('receipt_quantity_alert_ratio', 'quantity_alert_line_count', 'quantity_judged_line_count',
         'quantity_alert_ratio', 'quantity_alert_reason'),
        ('otif_ratio', 'otif_line_count', 'otif_judged_line_count', 'otif_ratio', 'otif_reason'),
        ('otif_value_ratio', 'otif_amount', 'otif_judged_amount', 'otif_value_ratio', 'otif_value_reason'),
    ] %}
    {{ kpi_value_branch(
        kpi_id, 'receipt_months', part, whole, value, reason, ['month_start_date', 'last_day_date']
    ) }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

    union all

    select
        {{ kpi_value_columns() }}
    from supply_values

    union all

    select
        {{ kpi_value_columns() }}
    from promotion_values
)

select * from final
