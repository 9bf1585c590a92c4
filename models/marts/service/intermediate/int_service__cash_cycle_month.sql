-- What is owed at each month's end beside twelve months of sales and cost of sales.
with books as (
    select * from {{ ref('int_service__book_month') }}
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        accounts_receivable_amount as receivable_amount,
        accounts_payable_amount as payable_amount,
        cast(sum(net_sales_amount) over past_12 as decimal(24, 4)) as net_sales_amount,
        cast(sum(cogs_amount) over past_12 as decimal(24, 4)) as cogs_amount,
        -- Twelve months, one behind the other, of as many divisions.
        count(net_sales_amount) over past_12 = 12 and count(cogs_amount) over past_12 = 12
        and min(month_start_date) over past_12 = {{ add_months('month_start_date', -11) }}
        and min(division_count) over past_12 = max(division_count) over past_12 as is_year_complete
    from books
    window
        past_12 as (
            partition by scope_type, scope_id order by month_start_date rows between 11 preceding and current row
        )
)

select * from final
