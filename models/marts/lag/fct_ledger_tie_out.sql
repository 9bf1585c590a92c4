-- Where the general ledger and this warehouse must say the same: stock at the month's end, cost of sales and purchases of
-- the month, and stock rolled forward: opening + purchases - cost of sales - losses = closing, all theirs but the losses.
with books as (
    select
        scope_type,
        scope_id,
        month_start_date,
        {%- for account in ['inventory', 'cogs', 'purchases'] %}
        sum(balance_amount) filter (where account = '{{ account }}') as {{ account }}_amount,
        {%- endfor %}
        bool_or(is_unrated) as is_unrated
    from {{ ref('int_lag__book_month') }}
    group by scope_type, scope_id, month_start_date
),

bridges as (
    select * from {{ ref('kpi_stock_value_bridge') }}
    where is_month_closed
),

rolled as (
    select
        *,
        lag(inventory_amount) over (partition by scope_type, scope_id order by month_start_date) as opening_amount,
        lag(month_start_date) over (partition by scope_type, scope_id order by month_start_date) as previous_month_date
    from books
),

joined as (
    select
        rolled.*,
        bridges.last_day_date,
        bridges.closing_amount,
        bridges.uncosted_record_count,
        -(bridges.cost_of_sales_amount + bridges.customer_return_amount) as sales_amount,
        bridges.receipt_amount + bridges.supplier_return_amount as received_amount,
        case
            when rolled.previous_month_date = {{ add_months('rolled.month_start_date', -1) }}
                then
                    rolled.opening_amount + rolled.purchases_amount - rolled.cogs_amount
                    + bridges.write_off_amount + bridges.count_adjustment_amount
        end as rolled_amount
    from rolled
    inner join bridges using (scope_type, scope_id, month_start_date)
),

compared as (
    {%- for tie_out, sides in {
        'inventory': ('closing_amount', 'inventory_amount'),
        'cost_of_sales': ('sales_amount', 'cogs_amount'),
        'purchases': ('received_amount', 'purchases_amount'),
        'roll_forward': ('rolled_amount', 'inventory_amount'),
    }.items() %}
    select
        '{{ tie_out }}' as tie_out,
        scope_type,
        scope_id,
        month_start_date,
        last_day_date,
        cast({{ sides[0] }} as decimal(24, 4)) as our_amount,
        cast({{ sides[1] }} as decimal(24, 4)) as book_amount,
        uncosted_record_count,
        is_unrated
    from joined
    where {{ sides[0] }} is not null and {{ sides[1] }} is not null
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

tie_policy as (
    {{ policy_as_of(['ledger_tie_tol'], over='compared', as_of='last_day_date') }}
),

final as (
    select
        compared.tie_out,
        compared.scope_type,
        compared.scope_id,
        compared.month_start_date,
        compared.last_day_date,
        compared.our_amount,
        compared.book_amount,
        cast(compared.our_amount - compared.book_amount as decimal(24, 4)) as gap_amount,
        {{ kpi_turnover_deviation('compared.our_amount', 'compared.book_amount') }} as gap_ratio,
        {{ kpi_tie_out_verdict(
            'compared.our_amount', 'compared.book_amount', 'tie_policy.ledger_tie_tol',
            'compared.is_unrated or compared.uncosted_record_count > 0'
        ) }} as verdict,
        compared.uncosted_record_count
    from compared
    inner join tie_policy using (last_day_date)
)

select * from final
