-- What the general ledger says of each location, division and company by month. A division's stock is the sum over its
-- locations and what is kept for the division as a whole; the other accounts are kept for the division alone.
with balances as (
    select * from {{ ref('fct_financial_balance') }}
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
        month_start_date,
        account,
        cast(sum(balance_amount) as decimal(24, 6)) as balance_amount,
        bool_or(balance_amount is null) as is_unrated
    from named
    where {{ scope_id }} is not null and period_end_date = cast(last_day(period_end_date) as date)
    group by {{ scope_id }}, month_start_date, account
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
