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
    select * from count_values

    union all

    select * from storage_values

    union all

    select * from slotting_values
)

select * from final
