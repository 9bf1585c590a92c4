-- What a division last got for a unit of its goods: invoiced without tax and after discount over policy
-- nrv_price_days.
with invoice_lines as (
    select * from {{ ref('fct_invoice_line') }}
    where shipped_qty > 0
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

price_policy as (
    {{ policy_as_of(['nrv_price_days'], over='cutoff', as_of='as_of_date') }}
),

final as (
    select
        invoice_lines.division_code,
        invoice_lines.sku_id,
        {{ divide('sum(invoice_lines.net_amount)', 'sum(invoice_lines.shipped_qty)') }} as realised_unit_amount
    from invoice_lines
    inner join price_policy
        on
            invoice_lines.invoiced_date <= price_policy.as_of_date
            and {{ days_between('invoice_lines.invoiced_date', 'price_policy.as_of_date') }}
            < price_policy.nrv_price_days
    group by invoice_lines.division_code, invoice_lines.sku_id
    having count(*) = count(invoice_lines.net_amount)
)

select * from final
