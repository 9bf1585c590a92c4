-- Every KPI of the subjects in one shape. What a KPI says of the cut-off alone is joined by what earlier generations
-- published of theirs.
with class_values as (
    select * from {{ ref('int_scorecard__class_kpi_value') }}
),

cover_values as (
    select * from {{ ref('int_scorecard__cover_kpi_value') }}
),

feedback_values as (
    select * from {{ ref('int_scorecard__feedback_kpi_value') }}
),

forecast_values as (
    select * from {{ ref('int_scorecard__forecast_kpi_value') }}
),

governance_values as (
    select * from {{ ref('int_scorecard__governance_kpi_value') }}
),

lag_values as (
    select * from {{ ref('int_scorecard__lag_kpi_value') }}
),

lead_values as (
    select * from {{ ref('int_scorecard__lead_kpi_value') }}
),

loss_values as (
    select * from {{ ref('int_scorecard__loss_kpi_value') }}
),

money_values as (
    select * from {{ ref('int_scorecard__money_kpi_value') }}
),

record_health_values as (
    select * from {{ ref('int_scorecard__record_health_kpi_value') }}
),

service_values as (
    select * from {{ ref('int_scorecard__service_kpi_value') }}
),

sku_master_values as (
    select * from {{ ref('int_scorecard__sku_master_kpi_value') }}
),

stewardship_values as (
    select * from {{ ref('int_scorecard__stewardship_kpi_value') }}
),

stock_age_values as (
    select * from {{ ref('int_scorecard__stock_age_kpi_value') }}
),

stock_service_values as (
    select * from {{ ref('int_scorecard__stock_service_kpi_value') }}
),

stockout_values as (
    select * from {{ ref('int_scorecard__stockout_kpi_value') }}
),

tpl_values as (
    select * from {{ ref('int_scorecard__tpl_kpi_value') }}
),

visibility_values as (
    select * from {{ ref('int_scorecard__visibility_kpi_value') }}
),

visibility_count_values as (
    select * from {{ ref('int_scorecard__visibility_count_kpi_value') }}
),

warehouse_values as (
    select * from {{ ref('int_scorecard__warehouse_kpi_value') }}
),

observations as (
    select * from {{ ref('fct_kpi_observation') }}
),

kpis as (
    select * from {{ ref('dim_kpi') }}
),

kpi_values as (
    {%- for subject in [
        'class', 'cover', 'feedback', 'forecast', 'governance',
        'lag', 'lead', 'loss', 'money', 'record_health',
        'service', 'sku_master', 'stewardship', 'stock_age', 'stock_service', 'stockout',
        'tpl', 'visibility', 'visibility_count', 'warehouse',
    ] %}
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
