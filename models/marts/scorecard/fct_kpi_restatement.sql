-- Each figure of a closed period that was told otherwise than before: by an earlier cut-off (written down when it was
-- published) or by this one.
with observations as (
    select * from {{ ref('fct_closed_kpi_observation') }}
),

closed_values as (
    select * from {{ ref('fct_closed_kpi_value') }}
    where is_restated
),

told as (
    select
        {{ kpi_value_columns() }},
        told_at
    from observations

    union all

    select
        {{ kpi_value_columns() }},
        as_of_at as told_at
    from closed_values
),

compared as (
    select
        *,
        lag(told_at) over in_order as told_before_at,
        lag(numerator) over in_order as told_numerator,
        lag(denominator) over in_order as told_denominator,
        lag(kpi_value) over in_order as told_kpi_value,
        lag(reason_code) over in_order as told_reason_code
    from told
    window in_order as (partition by kpi_id, scope_type, scope_id, period_end_date order by told_at)
),

final as (
    select
        kpi_id,
        scope_type,
        scope_id,
        period_start_date,
        period_end_date,
        told_before_at,
        told_at as restated_at,
        numerator,
        told_numerator,
        denominator,
        told_denominator,
        kpi_value,
        told_kpi_value,
        reason_code,
        told_reason_code
    from compared
    where told_before_at is not null
)

select * from final
