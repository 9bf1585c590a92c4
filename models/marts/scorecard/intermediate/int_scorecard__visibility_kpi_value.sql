-- KPIs of the subject visibility in the shape of the scorecard, one branch per registry row.
with agreements as (
    select * from {{ ref('fct_stock_agreement') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

stock_records as (
    select * from {{ ref('fct_stock_record') }}
),

flags as (
    select * from {{ ref('fct_stock_record_flag') }}
),

topology as (
    select * from {{ ref('kpi_reporting_topology') }}
    where present_path = 'central' and is_extraction_in_need is not null
),

locations as (
    select * from {{ ref('dim_location') }}
),

reconciliation as (
    select
        scope_type,
        scope_id,
        agreement_date as period_end_date,
        cast(matched_record_count as decimal(24, 4)) as numerator,
        cast(record_count as decimal(24, 4)) as denominator,
        match_ratio as kpi_value,
        cast(null as string) as reason_code
    from agreements
),

gross_variance as (
    select
        scope_type,
        scope_id,
        agreement_date as period_end_date,
        gross_amount as numerator,
        book_amount as denominator,
        gross_variance_ratio as kpi_value,
        gross_variance_reason as reason_code
    from agreements
),

erroneous_records as (
    select distinct
        sku_id,
        location_id
    from flags
    where severity = 'error'
),

flagged as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        stock_records.as_of_date as period_end_date,
        cast(count(erroneous_records.sku_id) as decimal(24, 4)) as numerator,
        cast(count(*) as decimal(24, 4)) as denominator,
        {{ divide('cast(count(erroneous_records.sku_id) as decimal(24, 4))', 'cast(count(*) as decimal(24, 4))') }}
            as kpi_value,
        cast(null as string) as reason_code
    from stock_records
    inner join stock_scopes using (sku_id, location_id)
    left join erroneous_records using (sku_id, location_id)
    where stock_scopes.scope_type <> 'sku_location'
    group by stock_scopes.scope_type, stock_scopes.scope_id, stock_records.as_of_date
),

-- What the sources make of it, the same in every run: times of runs must not move a scorecard.
{% set topology_scopes = {
    'location': 'topology.location_id', 'region': 'locations.region_id', 'division': 'topology.division_code',
    'company': 'locations.company_code',
} %}
needs_met as (
    {%- for scope_type, scope_id in topology_scopes.items() %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        topology.as_of_date as period_end_date,
        cast(count(*) filter (where topology.is_extraction_in_need) as decimal(24, 4)) as numerator,
        cast(count(*) as decimal(24, 4)) as denominator,
        {{ divide(
            'cast(count(*) filter (where topology.is_extraction_in_need) as decimal(24, 4))',
            'cast(count(*) as decimal(24, 4))'
        ) }} as kpi_value,
        cast(null as string) as reason_code
    from topology
    inner join locations on topology.location_id = locations.location_id
    group by {{ scope_id }}, topology.as_of_date
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    {%- for kpi_id, rows in [
        ('stock_match_ratio', 'reconciliation'),
        ('gross_variance_ratio', 'gross_variance'),
        ('flagged_record_ratio', 'flagged'),
        ('reporting_need_ratio', 'needs_met'),
    ] %}
    select
        '{{ kpi_id }}' as kpi_id,
        scope_type,
        scope_id,
        period_end_date as period_start_date,
        period_end_date,
        numerator,
        denominator,
        kpi_value,
        reason_code
    from {{ rows }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
