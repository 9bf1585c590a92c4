-- KPIs of the subject service in the shape of the scorecard, one branch per registry row.
with targets as (
    select * from {{ ref('kpi_service_level_target') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

fill_months as (
    select * from {{ ref('kpi_fill_rate') }}
    where is_month_closed
),

contract_months as (
    select * from {{ ref('fct_contract_service') }}
    where is_month_closed
),

locations as (
    select * from {{ ref('dim_location') }}
),

-- Records without a plan or a target are in neither sum.
gaps as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        targets.as_of_date as period_end_date,
        cast(sum(targets.annual_demand_amount) filter (where targets.is_planned_below_target) as decimal(24, 4))
            as short_amount,
        cast(sum(targets.annual_demand_amount) filter (where targets.planned_gap_reason is null) as decimal(24, 4))
            as denominator,
        min(targets.planned_gap_reason) as reason_code
    from targets
    inner join stock_scopes using (sku_id, location_id)
    group by stock_scopes.scope_type, stock_scopes.scope_id, targets.as_of_date
),

divisions as (
    select distinct
        division_code,
        company_code
    from locations
),

promises as (
    {%- for scope_type in ['division', 'company'] %}
    select
        '{{ scope_type }}' as scope_type,
        divisions.{{ scope_type }}_code as scope_id,
        contract_months.month_start_date,
        contract_months.last_day_date,
        count(contract_months.is_kept) as judged_count,
        count(*) filter (where contract_months.is_kept) as kept_count
    from contract_months
    inner join divisions on contract_months.division_code = divisions.division_code
    group by
        divisions.{{ scope_type }}_code, contract_months.month_start_date, contract_months.last_day_date
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        'service_level_gap_ratio' as kpi_id,
        scope_type,
        scope_id,
        period_end_date as period_start_date,
        period_end_date,
        case when denominator > 0 then coalesce(short_amount, 0) end as numerator,
        denominator,
        case when denominator > 0 then {{ divide('coalesce(short_amount, 0)', 'denominator') }} end as kpi_value,
        case when denominator > 0 then null else reason_code end as reason_code
    from gaps

    union all

    {%- for kpi_id, part, whole, reason in [
        ('unit_fill_ratio', 'filled_qty', 'asked_qty', 'fill_reason'),
        ('line_fill_ratio', 'filled_line_count', 'judged_line_count', 'fill_reason'),
        ('customer_otif_ratio', 'otif_line_count', 'otif_judged_line_count', 'customer_otif_reason'),
        ('perfect_order_ratio', 'perfect_order_count', 'perfect_judged_order_count', 'perfect_order_reason'),
    ] %}

    {{ kpi_value_branch(
        kpi_id, 'fill_months', part, whole, kpi_id, reason, ['month_start_date', 'last_day_date']
    ) }}
    {%- if kpi_id == 'perfect_order_ratio' %}
    where scope_type in ('location', 'division', 'company')
    {%- endif %}

    union all
    {%- endfor %}

    select
        'contract_kept_ratio' as kpi_id,
        scope_type,
        scope_id,
        month_start_date as period_start_date,
        last_day_date as period_end_date,
        cast(kept_count as decimal(24, 4)) as numerator,
        cast(judged_count as decimal(24, 4)) as denominator,
        {{ divide('kept_count', 'judged_count') }} as kpi_value,
        case when judged_count = 0 then 'no_evidence' end as reason_code
    from promises
)

select * from final
