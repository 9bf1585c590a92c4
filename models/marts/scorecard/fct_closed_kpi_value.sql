-- Figures whose period lies in closed books, beside what was told of them last. Scopes that name a SKU are left out:
-- what moves a SKU moves its category and its location. What was told as closed stays, though its books open again.
with kpi_values as (
    select * from {{ ref('fct_kpi_value') }}
    where scope_type not in ('sku', 'sku_location')
),

told_values as (
    select * from {{ ref('fct_closed_kpi_observation') }}
    where is_last_told
),

closes as (
    select * from {{ ref('dim_close') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

joined as (
    select
        coalesce(kpi_values.kpi_id, told_values.kpi_id) as kpi_id,
        coalesce(kpi_values.scope_type, told_values.scope_type) as scope_type,
        coalesce(kpi_values.scope_id, told_values.scope_id) as scope_id,
        coalesce(kpi_values.period_start_date, told_values.period_start_date) as period_start_date,
        coalesce(kpi_values.period_end_date, told_values.period_end_date) as period_end_date,
        kpi_values.numerator,
        kpi_values.denominator,
        kpi_values.kpi_value,
        case when kpi_values.kpi_id is null then 'no_longer_told' else kpi_values.reason_code end as reason_code,
        told_values.numerator as told_numerator,
        told_values.denominator as told_denominator,
        told_values.kpi_value as told_kpi_value,
        told_values.reason_code as told_reason_code,
        told_values.told_at,
        told_values.told_generation
    from kpi_values
    full outer join told_values
        on
            kpi_values.kpi_id = told_values.kpi_id
            and kpi_values.scope_type = told_values.scope_type
            and kpi_values.scope_id = told_values.scope_id
            and kpi_values.period_end_date = told_values.period_end_date
),

final as (
    select
        joined.kpi_id,
        joined.scope_type,
        joined.scope_id,
        joined.period_start_date,
        joined.period_end_date,
        joined.numerator,
        joined.denominator,
        joined.kpi_value,
        joined.reason_code,
        joined.told_numerator,
        joined.told_denominator,
        joined.told_kpi_value,
        joined.told_reason_code,
        joined.told_at,
        joined.told_generation,
        joined.told_at is null as is_first_told,
        joined.told_at is not null and {{ is_told_otherwise('joined') }} as is_restated,
        cutoff.as_of_at
    from joined
    cross join cutoff
    inner join closes on cutoff.as_of_date = closes.as_of_date
    where joined.told_at is not null or joined.period_end_date <= closes.closed_until_date
)

select * from final
