-- What customers and suppliers owe at each month's end and what was sold in the month, as the general ledger has
-- them, for each division and the company.
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

final as (
    {%- for scope_type, scope_id in {'division': 'division_code', 'company': 'company_code'}.items() %}
    select
        '{{ scope_type }}' as scope_type,
        divisions.{{ scope_id }} as scope_id,
        balances.month_start_date,
        {%- for account in ['accounts_receivable', 'accounts_payable', 'net_sales', 'cogs'] %}
        cast(sum(balances.balance_amount) filter (where balances.account = '{{ account }}') as decimal(24, 4))
            as {{ account }}_amount,
        {%- endfor %}
        cast(count(distinct balances.division_code) as integer) as division_count
    from balances
    inner join divisions on balances.division_code = divisions.division_code
    group by divisions.{{ scope_id }}, balances.month_start_date
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
