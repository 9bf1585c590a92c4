-- Where the general ledger and this warehouse must say the same: stock at the month's end, cost of sales and
-- purchases of the month, and stock rolled forward: opening + purchases - cost of sales - losses = closing, all
-- theirs but the losses.
with sides as (
    select * from {{ ref('int_lag__ledger_side') }}
),

compared as (
    {%- for tie_out, pair in {
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
        cast({{ pair[0] }} as decimal(24, 4)) as our_amount,
        cast({{ pair[1] }} as decimal(24, 4)) as book_amount,
        is_uncosted
    from sides
    where {{ pair[0] }} is not null and {{ pair[1] }} is not null
    {{ 'union all' if not loop.last }}
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
            'compared.our_amount', 'compared.book_amount', 'tie_policy.ledger_tie_tol', 'compared.is_uncosted'
        ) }} as verdict
    from compared
    inner join tie_policy using (last_day_date)
)

select * from final
