-- Order lines by the month they were due and by who answers for them; a supplier with too many lines off their date in
-- a month is an exception, and one of lateness when too many are late.
with order_lines as (
    select
        *,
        cast(date_trunc('month', planned_date) as date) as month_start_date
    from {{ ref('kpi_receipt_variance') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

{% set scopes = {
    'supplier': 'supplier_id',
    'location': 'location_id',
    'region': 'region_id',
    'division': 'division_code',
    'company': 'company_code',
} %}

due as (
    select
        order_lines.*,
        locations.region_id,
        case when order_lines.is_otif is not null then order_lines.ordered_amount end as judged_amount,
        {{ add_days(add_months('order_lines.month_start_date', 1), -1) }} as month_end_date,
        cutoff.as_of_date
    from order_lines
    inner join locations on order_lines.location_id = locations.location_id
    inner join cutoff on order_lines.planned_date <= cutoff.as_of_date
    where order_lines.receipt_state not in ('cancelled', 'nothing_ordered')
),

scoped as (
    {%- for scope_type, scope_id in scopes.items() %}
    select
        *,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id
    from due
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

summed as (
    select
        scope_type,
        scope_id,
        month_start_date,
        least(month_end_date, as_of_date) as last_day_date,
        month_end_date <= as_of_date as is_month_closed,
        count(*) as line_count,
        count(*) filter (where is_overdue) as overdue_line_count,
        count(is_date_alert) as date_judged_line_count,
        count(*) filter (where is_date_alert) as date_alert_line_count,
        count(*) filter (where is_date_alert and date_direction = 'late') as late_alert_line_count,
        count(is_quantity_alert) as quantity_judged_line_count,
        count(*) filter (where is_quantity_alert) as quantity_alert_line_count,
        count(is_otif) as otif_judged_line_count,
        count(*) filter (where is_otif) as otif_line_count,
        count(*) filter (where is_otif is not null and ordered_amount is null) as unvalued_line_count,
        cast(sum(judged_amount) as decimal(24, 4)) as otif_judged_amount,
        cast(sum(case when is_otif then judged_amount else 0 * judged_amount end) as decimal(24, 4)) as otif_amount
    from scoped
    group by scope_type, scope_id, month_start_date, month_end_date, as_of_date
),

scope_policy as (
    {{ policy_as_of(
        ['supplier_exception_share', 'supplier_late_share'], over='summed', as_of='last_day_date'
    ) }}
),

shared as (
    select
        summed.*,
        scope_policy.supplier_exception_share,
        scope_policy.supplier_late_share,
        {{ kpi_line_share_ratio('summed.date_alert_line_count', 'summed.date_judged_line_count') }} as date_alert_ratio,
        {{ kpi_line_share_ratio('summed.late_alert_line_count', 'summed.date_judged_line_count') }} as late_alert_ratio,
        {{ kpi_line_share_ratio('summed.quantity_alert_line_count', 'summed.quantity_judged_line_count') }}
            as quantity_alert_ratio,
        {{ kpi_line_share_ratio('summed.otif_line_count', 'summed.otif_judged_line_count') }} as otif_ratio,
        {{ kpi_line_share_ratio('summed.otif_amount', 'summed.otif_judged_amount') }} as otif_value_ratio
    from summed
    inner join scope_policy using (last_day_date)
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        last_day_date,
        is_month_closed,
        line_count,
        overdue_line_count,
        date_judged_line_count,
        date_alert_line_count,
        late_alert_line_count,
        date_alert_ratio,
        case when date_alert_ratio is null then 'no_judged_line' end as date_alert_reason,
        late_alert_ratio,
        case when late_alert_ratio is null then 'no_judged_line' end as late_alert_reason,
        coalesce(scope_type = 'supplier' and date_alert_ratio > supplier_exception_share, false) as is_exception,
        coalesce(scope_type = 'supplier' and late_alert_ratio > supplier_late_share, false) as is_late_exception,
        quantity_judged_line_count,
        quantity_alert_line_count,
        quantity_alert_ratio,
        case when quantity_alert_ratio is null then 'no_judged_line' end as quantity_alert_reason,
        otif_judged_line_count,
        otif_line_count,
        otif_ratio,
        case when otif_ratio is null then 'no_judged_line' end as otif_reason,
        otif_judged_amount,
        otif_amount,
        otif_value_ratio,
        case
            when otif_judged_line_count = 0 then 'no_judged_line'
            when otif_value_ratio is null then 'no_value'
        end as otif_value_reason,
        unvalued_line_count
    from shared
)

select * from final
