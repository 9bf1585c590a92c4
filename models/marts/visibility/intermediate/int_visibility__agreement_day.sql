-- Which cut-off speaks for a location on each business day of its company on which anybody was compared: its own of that
-- day, else its latest if it is not too old. So a company's figure holds every location, wherever its evening falls.
with deltas as (
    select * from {{ ref('int_visibility__balance_delta') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

location_cut_offs as (
    select distinct
        deltas.location_id,
        locations.company_code,
        deltas.cut_off_at,
        {{ business_date('deltas.cut_off_at', "coalesce(locations.time_zone, 'UTC')") }} as cut_off_date
    from deltas
    inner join locations on deltas.location_id = locations.location_id
),

company_days as (
    select distinct
        company_code,
        cut_off_date as agreement_date
    from location_cut_offs
),

carry_policy as (
    {{ policy_as_of(['recon_carry_days'], over='company_days', as_of='agreement_date') }}
),

final as (
    select
        location_cut_offs.location_id,
        company_days.agreement_date,
        max(location_cut_offs.cut_off_at) as cut_off_at,
        max(location_cut_offs.cut_off_date) = company_days.agreement_date as is_own_day
    from company_days
    inner join carry_policy on company_days.agreement_date = carry_policy.agreement_date
    inner join location_cut_offs
        on
            company_days.company_code = location_cut_offs.company_code
            and company_days.agreement_date >= location_cut_offs.cut_off_date
            and {{ days_between('location_cut_offs.cut_off_date', 'company_days.agreement_date') }}
            < carry_policy.recon_carry_days
    group by location_cut_offs.location_id, company_days.agreement_date
)

select * from final
