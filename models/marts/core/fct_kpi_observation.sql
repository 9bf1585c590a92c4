-- What earlier generations said: the day of this cut-off is left out, so that what a run records about itself changes
-- nothing when the same batches are built again.
with observations as (
    select * from {{ ref('stg_unified__kpi_observation') }}
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
        observations.reason_code
    from observations
    inner join cutoff on observations.period_end_date < cutoff.as_of_date
)

select * from final
