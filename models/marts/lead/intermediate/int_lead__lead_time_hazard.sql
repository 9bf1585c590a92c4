-- Receipts that a supplier's line should have had by an age, after the base sample of each day of comparison: the sum
-- of its chances to come at each age among lines that had not come before (Nelson-Aalen).
with samples as (
    select * from {{ ref('int_lead__lead_time_sample') }}
    where segment_type = 'supplier' and sample_code = 'base'
),

{% set over = 'over (partition by supplier_id, evaluated_date order by age_days' %}

counted as (
    select
        supplier_id,
        evaluated_date,
        floor(capped_lead_time_days) as age_days,
        count(*) as received_count
    from samples
    group by supplier_id, evaluated_date, floor(capped_lead_time_days)
),

hazards as (
    select
        *,
        {{ kpi_receipt_hazard(
            'received_count', 'sum(received_count) ' ~ over ~ ' rows between current row and unbounded following)'
        ) }} as hazard
    from counted
),

final as (
    select
        supplier_id,
        evaluated_date,
        cast(age_days as integer) as from_day_count,
        cast(lead(age_days) {{ over }}) as integer) as until_day_count,
        cast(sum(received_count) over (partition by supplier_id, evaluated_date) as integer) as base_count,
        cast(sum(hazard) {{ over }} rows between unbounded preceding and current row) as decimal(24, 6))
            as expected_receipt_ratio
    from hazards
)

select * from final
