-- The hazard that a record of a class at a site turns phantom, what counts say there, and the share of failed picks
-- that the site reports. Few counts of a cell are drawn towards its site, its class and the company.
with fits as (
    select * from {{ ref('int_visibility__phantom_fit') }}
    where feature = 'effect'
),

features as (
    select * from {{ ref('int_visibility__phantom_feature') }}
),

coefficients as (
    select * from {{ ref('fct_phantom_coefficient') }}
    where feature = 'intercept_rate'
),

reports as (
    select * from {{ ref('int_visibility__pick_report') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

hazard_policy as (
    {{ policy_as_of(['phantom_prior_hazard'], over='cutoff', as_of='as_of_date') }}
),

cells as (
    select
        company_code,
        location_id,
        abc_class,
        count(*) filter (where is_cutoff) as record_count,
        count(is_phantom) as fitted_count,
        count(*) filter (where is_phantom) as phantom_count
    from features
    group by company_code, location_id, abc_class
),

summed as (
    select
        cells.company_code,
        cells.location_id,
        cells.abc_class,
        cast(sum(fits.coefficient_rate) as decimal(18, 6)) as effect_rate
    from cells
    inner join fits
        on
            cells.company_code = fits.company_code
            and fits.location_id in (cells.location_id, '*')
            and fits.abc_class in (cells.abc_class, '*')
    group by cells.company_code, cells.location_id, cells.abc_class
),

final as (
    select
        cells.location_id,
        cells.abc_class,
        cutoff.as_of_date,
        cast(cells.record_count as integer) as record_count,
        cast(cells.fitted_count as integer) as fitted_count,
        cast(cells.phantom_count as integer) as phantom_count,
        coalesce(summed.effect_rate, 0) as effect_rate,
        {{ kpi_phantom_hazard(
            'hazard_policy.phantom_prior_hazard', 'coefficients.coefficient_rate + coalesce(summed.effect_rate, 0)'
        ) }} as hazard_rate,
        reports.report_ratio,
        case
            when coefficients.coefficient_reason is not null then coefficients.coefficient_reason
            when cells.fitted_count = 0 then 'no_count_here'
            when cells.phantom_count = 0 then 'no_phantom_here'
        end as parameter_reason
    from cells
    cross join cutoff
    cross join hazard_policy
    left join summed using (company_code, location_id, abc_class)
    inner join coefficients on cells.company_code = coefficients.company_code
    inner join reports on cells.location_id = reports.location_id
)

select * from final
