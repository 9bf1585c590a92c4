-- What customers owe and what suppliers are owed at each month's end, beside twelve months of sales and cost of sales, as the
-- general ledger has them, for each division and the company.
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

months as (
    {%- for scope_type, scope_id in {'division': 'division_code', 'company': 'company_code'}.items() %}
    select
        '{{ scope_type }}' as scope_type,
        divisions.{{ scope_id }} as scope_id,
        balances.month_start_date,
        count(distinct balances.division_code) as division_count,
        {%- for account in ['accounts_receivable', 'accounts_payable', 'net_sales', 'cogs'] %}
        sum(balances.balance_amount) filter (where balances.account = '{{ account }}') as {{ account }}_amount
        {{- ',' if not loop.last }}
        {%- endfor %}
    from balances
    inner join divisions on balances.division_code = divisions.division_code
    group by divisions.{{ scope_id }}, balances.month_start_date
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        cast(accounts_receivable_amount as decimal(24, 4)) as receivable_amount,
        cast(accounts_payable_amount as decimal(24, 4)) as payable_amount,
        cast(sum(net_sales_amount) over past_12 as decimal(24, 4)) as net_sales_amount,
        cast(sum(cogs_amount) over past_12 as decimal(24, 4)) as cogs_amount,
        -- Twelve months, one behind the other, of as many divisions.
        count(net_sales_amount) over past_12 = 12 and count(cogs_amount) over past_12 = 12
        and min(month_start_date) over past_12 = {{ add_months('month_start_date', -11) }}
        and min(division_count) over past_12 = max(division_count) over past_12 as is_year_complete
    from months
    window
        past_12 as (
            partition by scope_type, scope_id order by month_start_date rows between 11 preceding and current row
        )
)

select * from final
