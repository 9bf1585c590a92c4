{{ config(materialized='view') }}

-- Every measure that escalates, in one shape; a further one is a branch here and its rows in seed escalation_levels.
with overstock_weeks as (
    select * from {{ ref('int_governance__overstock_week') }}
),

final as (
    select
        measure_id,
        scope_type,
        scope_id,
        scope_location,
        week_start_date,
        week_end_date,
        measure_value,
        target_value,
        is_breach,
        reason_code,
        excess_amount
    from overstock_weeks
)

select * from final
