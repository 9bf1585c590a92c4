-- How many of the links that could be tried held, in the shape of the scorecard.
with links as (
    select * from {{ ref('kpi_lead_lag_link') }}
),

companies as (
    select distinct company_code from {{ ref('dim_location') }}
),

tried as (
    select
        as_of_date,
        cast(count(*) filter (where link_status = 'foretells') as decimal(24, 4)) as numerator,
        cast(count(*) filter (where link_status in ('foretells', 'opposite', 'not_shown')) as decimal(24, 4))
            as denominator
    from links
    group by as_of_date
),

final as (
    select
        'lead_link_ratio' as kpi_id,
        'company' as scope_type,
        companies.company_code as scope_id,
        tried.as_of_date as period_start_date,
        tried.as_of_date as period_end_date,
        tried.numerator,
        tried.denominator,
        {{ divide('tried.numerator', 'tried.denominator') }} as kpi_value,
        case when tried.denominator = 0 then 'too_short' end as reason_code
    from tried
    cross join companies
)

select * from final
