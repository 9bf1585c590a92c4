-- What a base unit was sold for in a month, on average after discount, company currency.
with invoice_lines as (
    select * from {{ ref('fct_invoice_line') }}
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        cast(sum(shipped_qty) as decimal(24, 4)) as shipped_qty,
        {{ divide('sum(net_amount)', 'sum(shipped_qty)') }} as unit_price_amount
    from invoice_lines
    where shipped_qty > 0 and net_amount is not null
    group by sku_id, location_id, month_start_date
)

select * from final
