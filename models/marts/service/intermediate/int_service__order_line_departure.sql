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

invoiced as (
    select
        invoice_lines.division_code,
        invoice_lines.order_number,
        invoice_lines.order_line_number,
        locations.time_zone,
        {{ quarter_start('coalesce(invoice_lines.shipped_at, invoice_lines.invoiced_at)') }} as quarter_at,
        invoice_lines.shipped_qty
    from invoice_lines
    inner join locations on invoice_lines.location_id = locations.location_id
),

-- A conversion to local time is dear: it is made for the quarters of an hour in which anything left, not for each line.
quarters as (
    select
        time_zone,
        quarter_at,
        {{ business_date('quarter_at', 'time_zone') }} as shipped_date
    from invoiced
    group by time_zone, quarter_at
),

told as (
    select
        invoiced.division_code,
        invoiced.order_number,
        invoiced.order_line_number as line_number,
        quarters.shipped_date,
        invoiced.shipped_qty,
        'invoice' as told_by
    from invoiced
    left join quarters
        on
            invoiced.time_zone = quarters.time_zone
            and invoiced.quarter_at = quarters.quarter_at

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
