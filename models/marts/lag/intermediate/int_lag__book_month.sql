-- What the general ledger says of each location, division and company by month. A division's stock is the sum over its
-- locations and what is kept for the division as a whole; the other accounts are kept for the division alone.
with balances as (
    select * from {{ ref('int_lag__book_balance') }}
),

{% set accounts = ['inventory', 'cogs', 'purchases'] %}
months as (
    select
        scope_type,
        scope_id,
        month_start_date,
        {%- for account in accounts %}
        cast(sum(balance_amount) filter (where account = '{{ account }}') as decimal(24, 6)) as {{ account }}_amount,
        {%- endfor %}
        bool_or(balance_amount is null) as is_unrated
    from balances
    group by scope_type, scope_id, month_start_date
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        {%- for account in accounts %}
        {{ account }}_amount,
        {%- endfor %}
        is_unrated,
        lag(inventory_amount) over scope_months as opening_amount,
        lag(month_start_date) over scope_months as previous_month_date
    from months
    window scope_months as (partition by scope_type, scope_id order by month_start_date)
)

select * from final
