-- What left of each sales order line, by day. A division's invoices tell it where any of them names an order; else what
-- its warehouses say was shipped, and where they tell no shipping what they say was picked.
with invoice_lines as (
    select * from {{ ref('fct_invoice_line') }}
    where order_number is not null
),

order_stages as (
    select * from {{ ref('fct_order_stage') }}
    where order_stage in ('shipped', 'picked') and stage_qty is not null
),

locations as (
    select * from {{ ref('dim_location') }}
),

told as (
    select
        invoice_lines.division_code,
        invoice_lines.order_number,
        invoice_lines.order_line_number as line_number,
        {{ business_date('coalesce(invoice_lines.shipped_at, invoice_lines.invoiced_at)', 'locations.time_zone') }}
            as shipped_date,
        invoice_lines.shipped_qty,
        'invoice' as told_by
    from invoice_lines
    inner join locations on invoice_lines.location_id = locations.location_id

    union all

    select
        locations.division_code,
        order_stages.order_number,
        order_stages.line_number,
        order_stages.occurred_date as shipped_date,
        order_stages.stage_qty as shipped_qty,
        order_stages.order_stage as told_by
    from order_stages
    inner join locations on order_stages.location_id = locations.location_id
),

tellers as (
    select
        division_code,
        case
            when bool_or(told_by = 'invoice') then 'invoice'
            when bool_or(told_by = 'shipped') then 'shipped'
            else 'picked'
        end as told_by
    from told
    group by division_code
),

final as (
    select
        told.division_code,
        told.order_number,
        told.line_number,
        told.shipped_date,
        told.told_by,
        cast(coalesce(sum(told.shipped_qty), 0) as decimal(18, 4)) as shipped_qty
    from told
    inner join tellers using (division_code, told_by)
    group by told.division_code, told.order_number, told.line_number, told.shipped_date, told.told_by
)

select * from final
