-- KPIs of counting in the shape of the scorecard, one branch per registry row; sites roll up to region, division and
-- company.
with cadences as (
    select * from {{ ref('kpi_count_cadence') }}
),

ingestions as (
    select * from {{ ref('kpi_count_ingestion') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

{% set scopes = {
    'location': 'location_id', 'region': 'region_id', 'division': 'division_code', 'company': 'company_code'
} %}

site_scopes as (
    {%- for scope_type, scope_id in scopes.items() %}
    select
        location_id,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id
    from locations
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

overdue as (
    select
        site_scopes.scope_type,
        site_scopes.scope_id,
        cadences.as_of_date as period_end_date,
        sum(cadences.overdue_amount) as numerator,
        sum(cadences.on_hand_amount) filter (where cadences.overdue_amount is not null) as denominator,
        max(cadences.overdue_value_reason) as reason_code
    from cadences
    inner join site_scopes using (location_id)
    group by site_scopes.scope_type, site_scopes.scope_id, cadences.as_of_date
),

excess as (
    select
        site_scopes.scope_type,
        site_scopes.scope_id,
        ingestions.as_of_date as period_end_date,
        sum(ingestions.excess_cost_amount) as numerator,
        sum(ingestions.error_per_day_amount) filter (where ingestions.excess_cost_amount is not null) as denominator,
        max(ingestions.ingestion_reason) as reason_code
    from ingestions
    inner join site_scopes using (location_id)
    group by site_scopes.scope_type, site_scopes.scope_id, ingestions.as_of_date
),

final as (
    {%- for kpi_id, rows in [('count_overdue_value_ratio', 'overdue'), ('count_ingest_excess_ratio', 'excess')] %}
    select
        '{{ kpi_id }}' as kpi_id,
        scope_type,
        scope_id,
        period_end_date as period_start_date,
        period_end_date,
        cast(numerator as decimal(24, 4)) as numerator,
        cast(denominator as decimal(24, 4)) as denominator,
        {{ divide('numerator', 'denominator') }} as kpi_value,
        case when coalesce(denominator, 0) = 0 then coalesce(reason_code, 'no_stock') end as reason_code
    from {{ rows }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
