-- Since when each division sends invoices. Before the month of the first one its sales are unknown, not nil.
with invoice_lines as (
    select * from {{ ref('fct_invoice_line') }}
),

final as (
    select
        division_code,
        min(month_start_date) as sales_from_date
    from invoice_lines
    group by division_code
)

select * from final
