-- What earlier cut-offs told of closed periods: only what was new or had changed was written down. This cut-off is left
-- out, so that what a run records about itself changes nothing when the same batches are built again.
with observations as (
    select * from {{ ref('stg_unified__closed_kpi_value') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

final as (
    select
        observations.kpi_id,
        observations.scope_type,
        observations.scope_id,
        observations.period_start_date,
        observations.period_end_date,
        observations.numerator,
        observations.denominator,
        observations.kpi_value,
        observations.reason_code,
        observations.generation as told_generation,
        observations.as_of_at as told_at,
        row_number() over (
            partition by
                observations.kpi_id, observations.scope_type, observations.scope_id, observations.period_end_date
            order by observations.as_of_at desc
        ) = 1 as is_last_told
    from observations
    inner join cutoff on observations.as_of_at < cutoff.as_of_at
)

select * from final
