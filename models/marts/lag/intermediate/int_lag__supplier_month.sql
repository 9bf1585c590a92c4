-- Each supplier and month with the windows that end on its last day.
with months as (
    select * from {{ ref('int_lag__month') }}
),

suppliers as (
    select * from {{ ref('dim_supplier') }}
),

companies as (
    select
        division_code,
        max(company_code) as company_code
    from {{ ref('dim_location') }}
    group by division_code
),

window_policy as (
    {{ policy_as_of(
        ['supplier_score_window_days', 'lead_time_window_days', 'lead_time_cap_factor'],
        over='months', as_of='last_day_date'
    ) }}
),

final as (
    select
        suppliers.supplier_id,
        suppliers.division_code,
        companies.company_code,
        months.month_start_date,
        months.last_day_date,
        months.is_month_closed,
        max(months.last_day_date) over () = months.last_day_date as is_latest,
        {{ add_days('months.last_day_date', '-window_policy.supplier_score_window_days') }} as before_window_date,
        {{ add_days('months.last_day_date', '-window_policy.lead_time_window_days') }} as before_lead_time_date,
        window_policy.lead_time_cap_factor as cap_ratio
    from suppliers
    cross join months
    inner join window_policy on months.last_day_date = window_policy.last_day_date
    left join companies on suppliers.division_code = companies.division_code
)

select * from final
