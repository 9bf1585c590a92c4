-- KPIs of supply, orders and promotions in the shape of the scorecard, one branch per registry row.
with lead_times as (
    select * from {{ ref('kpi_supplier_lead_time') }}
    where segment_type = 'supplier' and is_latest
),

judged as (
    select
        'supplier_warning_ratio' as kpi_id,
        supplier_id,
        division_code,
        company_code,
        evaluated_date as period_start_date,
        evaluated_date as period_end_date,
        open_amount as whole_value,
        case when signal_code = 'RED' then open_amount else 0 end as part_value,
        coalesce(lead_time_reason, 'no_open_order') as reason_code
    from lead_times
),

scoped as (
    {%- for scope_type, scope_id in [
        ('supplier', 'supplier_id'), ('division', 'division_code'), ('company', 'company_code'),
    ] %}
    select
        *,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id
    from judged
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

-- What cannot be judged is in neither sum.
summed as (
    select
        kpi_id,
        scope_type,
        scope_id,
        period_start_date,
        period_end_date,
        cast(sum(whole_value) as decimal(24, 4)) as denominator,
        cast(sum(part_value) filter (where whole_value is not null) as decimal(24, 4)) as numerator,
        min(reason_code) as reason_code
    from scoped
    where scope_id is not null
    group by kpi_id, scope_type, scope_id, period_start_date, period_end_date
),

final as (
    select
        kpi_id,
        scope_type,
        scope_id,
        period_start_date,
        period_end_date,
        numerator,
        denominator,
        {{ divide('numerator', 'denominator') }} as kpi_value,
        case when coalesce(denominator, 0) = 0 then reason_code end as reason_code
    from summed
)

select * from final
