{{ config(materialized='view') }}
-- Balances at month ends of the general ledger, once for each location, division and company they belong to.
with balances as (
    select * from {{ ref('fct_financial_balance') }}
    where period_end_date = cast(last_day(period_end_date) as date)
),

divisions as (
    select
        division_code,
        min(company_code) as company_code
    from {{ ref('dim_location') }}
    group by division_code
),

named as (
    select
        balances.*,
        divisions.company_code
    from balances
    left join divisions on balances.division_code = divisions.division_code
),

final as (
    {%- for scope_type, scope_id in {
        'location': 'location_id', 'division': 'division_code', 'company': 'company_code'
    }.items() %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        division_code,
        month_start_date,
        account,
        coalesce(location_id, division_code) as ledger_place,
        cast(balance_amount as decimal(24, 6)) as balance_amount
    from named
    where {{ scope_id }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
