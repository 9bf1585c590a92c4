-- What each sign of a phantom weighs in each company, and on how many counts that rests.
with priors as (
    select * from {{ ref('int_visibility__phantom_prior') }}
),

fits as (
    select * from {{ ref('int_visibility__phantom_fit') }}
    where feature <> 'effect'
),

sample as (
    select * from {{ ref('int_visibility__phantom_sample') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

companies as (
    select distinct company_code from locations
),

counted as (
    select
        company_code,
        count(*) as fitted_count,
        count(*) filter (where is_phantom) as phantom_count
    from sample
    group by company_code
),

final as (
    select
        companies.company_code,
        priors.feature,
        priors.prior_rate,
        coalesce(fits.coefficient_rate, priors.prior_rate) as coefficient_rate,
        cast(coalesce(counted.fitted_count, 0) as integer) as fitted_count,
        cast(coalesce(counted.phantom_count, 0) as integer) as phantom_count,
        case when fits.coefficient_rate is null then 'no_count' when counted.phantom_count = 0 then 'no_phantom' end
            as coefficient_reason
    from companies
    cross join priors
    left join fits
        on
            companies.company_code = fits.company_code
            and priors.feature = fits.feature
    left join counted on companies.company_code = counted.company_code
)

select * from final
