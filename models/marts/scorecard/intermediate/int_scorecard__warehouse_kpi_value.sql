-- KPIs of the warehouse floor in the shape of the scorecard: what counts find, how goods are stored, where they lie.
with count_values as (
    select * from {{ ref('int_scorecard__count_accuracy_kpi_value') }}
),

storage_values as (
    select * from {{ ref('int_scorecard__storage_kpi_value') }}
),

slotting_values as (
    select * from {{ ref('int_scorecard__slotting_kpi_value') }}
),

{% set columns = [
    'kpi_id', 'scope_type', 'scope_id', 'period_start_date', 'period_end_date', 'numerator', 'denominator', 'kpi_value',
    'reason_code',
] %}

final as (
    {%- for part in ['count_values', 'storage_values', 'slotting_values'] %}
    select
        {%- for column in columns %}
        {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ part }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
