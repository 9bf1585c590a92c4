-- Every KPI in one shape: numerator, denominator, value, or the reason why there is none. Each subject has its step in
-- intermediate/; a test proves that no row of the registry is missing.
with subject_values as (
    select * from {{ ref('int_scorecard__subject_kpi_value') }}
),

link_values as (
    select * from {{ ref('int_scorecard__link_kpi_value') }}
),

final as (
    select
        {{ kpi_value_columns() }}
    from subject_values

    union all

    select
        {{ kpi_value_columns() }}
    from link_values
)

select * from final
