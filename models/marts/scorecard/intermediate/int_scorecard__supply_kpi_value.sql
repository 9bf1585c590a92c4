-- KPIs of suppliers and of the order cycle in the shape of the scorecard, one branch per registry row.
with lead_times as (
    select * from {{ ref('kpi_supplier_lead_time') }}
    where segment_type = 'supplier' and is_latest
),

order_cycles as (
    select
        *,
        {{ add_days(add_months('month_start_date', 1), -1) }} as month_end_date
    from {{ ref('kpi_order_fulfillment_cycle') }}
    where cycle_stage = 'order_to_delivery' and channel = 'all'
),

locations as (
    select * from {{ ref('dim_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

judged as (
    select
        'supplier_warning_ratio' as kpi_id,
        supplier_id,
        null as location_id,
        null as region_id,
        division_code,
        company_code,
        evaluated_date as period_start_date,
        evaluated_date as period_end_date,
        case when lead_time_reason is null or is_level_signal is not null then open_amount end as whole_value,
        case when signal_code = 'RED' then open_amount else 0 end as part_value,
        coalesce(lead_time_reason, 'no_open_order') as reason_code
    from lead_times

    union all

    select
        'order_cycle_slow_ratio' as kpi_id,
        null as supplier_id,
        order_cycles.location_id,
        locations.region_id,
        locations.division_code,
        locations.company_code,
        order_cycles.month_start_date as period_start_date,
        order_cycles.month_end_date as period_end_date,
        order_cycles.judged_line_count as whole_value,
        order_cycles.slow_line_count as part_value,
        'not_due' as reason_code
    from order_cycles
    inner join locations on order_cycles.location_id = locations.location_id
    inner join cutoff on order_cycles.month_end_date <= cutoff.as_of_date
),

scoped as (
    {%- for scope_type, scope_id in [
        ('supplier', 'supplier_id'), ('location', 'location_id'), ('region', 'region_id'),
        ('division', 'division_code'), ('company', 'company_code'),
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
