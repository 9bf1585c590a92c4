-- The general ledger beside the bridge of each location, division and company and closed month.
with books as (
    select * from {{ ref('int_lag__book_month') }}
),

bridges as (
    select * from {{ ref('kpi_stock_value_bridge') }}
    where is_month_closed
),

final as (
    select
        books.scope_type,
        books.scope_id,
        books.month_start_date,
        bridges.last_day_date,
        bridges.closing_amount,
        cast(-(bridges.cost_of_sales_amount + bridges.customer_return_amount) as decimal(24, 6)) as sales_amount,
        cast(bridges.receipt_amount + bridges.supplier_return_amount as decimal(24, 6)) as received_amount,
        books.inventory_amount,
        books.cogs_amount,
        books.purchases_amount,
        cast(
            case
                when books.previous_month_date = {{ add_months('books.month_start_date', -1) }}
                    then
                        books.opening_amount + books.purchases_amount - books.cogs_amount
                        + bridges.write_off_amount + bridges.count_adjustment_amount
            end as decimal(24, 6)
        ) as rolled_amount,
        books.is_unrated or bridges.uncosted_record_count > 0 as is_uncosted
    from books
    inner join bridges using (scope_type, scope_id, month_start_date)
)

select * from final
