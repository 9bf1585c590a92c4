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

final as (
    {%- for part in ['count_values', 'storage_values', 'slotting_values'] %}
    select
        {{ kpi_value_columns() }}
    from {{ part }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
