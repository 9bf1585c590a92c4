-- Receipts that a week should have brought by the ages of the lines under way, against those it brought. A late line
-- counts in each week in which it does not come, with that week's chance alone.
with order_lines as (
    select * from {{ ref('int_lead__lead_time_line') }}
),

weeks as (
    select * from {{ ref('int_lead__lead_time_week') }}
),

hazards as (
    select
        *,
        coalesce(until_day_count, 2147483647) as before_day_count
    from {{ ref('int_lead__lead_time_hazard') }}
),

exposed as (
    select
        order_lines.supplier_id,
        weeks.week_end_date,
        weeks.evaluated_date,
        {{ days_between('order_lines.lead_time_start_date', 'weeks.week_start_date') }} - 1 as from_days,
        {{ days_between(
            'order_lines.lead_time_start_date',
            'least(weeks.week_end_date, coalesce(order_lines.received_date, weeks.week_end_date))'
        ) }} as until_days,
        case when order_lines.received_date <= weeks.week_end_date then 1 else 0 end as received_count
    from order_lines
    inner join weeks
        on
            order_lines.lead_time_start_date <= weeks.week_end_date
            and coalesce(order_lines.received_date, weeks.week_end_date) >= weeks.week_start_date
),

aged as (
    {%- for age, sign, received in [('until_days', '', 'received_count'), ('from_days', '-', '0')] %}
    select
        supplier_id,
        week_end_date,
        evaluated_date,
        {{ age }} as age_days,
        cast({{ sign }}count(*) as integer) as line_count,
        cast(sum({{ received }}) as integer) as received_count
    from exposed
    group by supplier_id, week_end_date, evaluated_date, {{ age }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        aged.supplier_id,
        aged.week_end_date,
        max(hazards.base_count) as base_count,
        cast(sum(aged.received_count) as integer) as received_count,
        cast(sum(aged.line_count * coalesce(hazards.expected_receipt_ratio, 0)) as decimal(24, 6))
            as expected_receipt_qty
    from aged
    left join hazards
        on
            aged.supplier_id = hazards.supplier_id
            and aged.evaluated_date = hazards.evaluated_date
            and aged.age_days >= hazards.from_day_count
            and aged.age_days < hazards.before_day_count
    group by aged.supplier_id, aged.week_end_date
)

select * from final
