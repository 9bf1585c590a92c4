-- KPIs of the subject governance in the shape of the scorecard, one branch per registry row.
with escalations as (
    select * from {{ ref('fct_escalation') }}
    where is_due
),

locations as (
    select * from {{ ref('dim_location') }}
),

dates as (
    select * from {{ ref('dim_date') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

-- Months all of whose due dates are over.
months as (
    select distinct
        dates.month_start_date,
        dates.month_end_date
    from dates
    inner join cutoff on dates.month_end_date < cutoff.as_of_date
),

due as (
    select
        escalations.is_sla_breached,
        locations.location_id,
        locations.region_id,
        locations.division_code,
        locations.company_code,
        months.month_start_date,
        months.month_end_date
    from escalations
    inner join locations on escalations.location_id = locations.location_id
    inner join months
        on
            escalations.first_due_date >= months.month_start_date
            and escalations.first_due_date <= months.month_end_date
),

counted as (
    {%- for scope_type, scope_id in {
        'location': 'location_id', 'region': 'region_id', 'division': 'division_code', 'company': 'company_code'
    }.items() %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        month_start_date,
        month_end_date,
        cast(count(*) filter (where not is_sla_breached) as decimal(24, 4)) as numerator,
        cast(count(*) as decimal(24, 4)) as denominator
    from due
    group by {{ scope_id }}, month_start_date, month_end_date
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        'escalation_ack_ratio' as kpi_id,
        scope_type,
        scope_id,
        month_start_date as period_start_date,
        month_end_date as period_end_date,
        numerator,
        denominator,
        {{ divide('numerator', 'denominator') }} as kpi_value,
        cast(null as string) as reason_code
    from counted
)

select * from final
