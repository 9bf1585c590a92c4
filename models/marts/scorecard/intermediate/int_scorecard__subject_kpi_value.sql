-- Every KPI of the subjects in one shape. What a KPI says of the cut-off alone is joined by what earlier generations
-- published of theirs.
{% set subjects = [
    'class',
    'cover',
    'feedback',
    'forecast',
    'governance',
    'lag',
    'lead',
    'loss',
    'money',
    'record_health',
    'service',
    'sku_master',
    'stock_age',
    'stock_service',
    'stockout',
    'tpl',
    'visibility',
    'visibility_count',
    'warehouse',
] %}
with
{%- for subject in subjects %}
{{ subject }}_values as (
    select * from {{ ref('int_scorecard__' ~ subject ~ '_kpi_value') }}
),

{% endfor %}
observations as (
    select * from {{ ref('fct_kpi_observation') }}
),

kpis as (
    select * from {{ ref('dim_kpi') }}
),

kpi_values as (
    {%- for subject in subjects %}
    select * from {{ subject }}_values
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

told_periods as (
    select distinct
        kpi_id,
        period_end_date
    from kpi_values
),

-- A period that the data of today tell of is theirs; a KPI that left the registry is told no more.
remembered as (
    select observations.*
    from observations
    inner join kpis on observations.kpi_id = kpis.kpi_id
    left join told_periods
        on
            observations.kpi_id = told_periods.kpi_id
            and observations.period_end_date = told_periods.period_end_date
    where told_periods.kpi_id is null
),

final as (
    select
        {{ kpi_value_columns() }}
    from kpi_values

    union all

    select
        {{ kpi_value_columns() }}
    from remembered
)

select * from final
