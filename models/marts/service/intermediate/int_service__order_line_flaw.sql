-- What the warehouse told of an order line beyond the invoice: its delivery, and what went wrong with the goods or
-- papers.
with order_stages as (
    select * from {{ ref('fct_order_stage') }}
    where order_stage in ('shipped', 'delivered')
),

pick_errors as (
    select * from {{ ref('fct_pick_error') }}
    where error_type in ('wrong_item', 'wrong_qty', 'damaged')
),

sales_returns as (
    select * from {{ ref('fct_sales_return') }}
    where reason in ('wrong_item', 'damaged', 'defective')
),

invoice_lines as (
    select * from {{ ref('fct_invoice_line') }}
    where order_number is not null
),

locations as (
    select * from {{ ref('dim_location') }}
),

evidence as (
    select
        location_id,
        order_number,
        line_number,
        case when order_stage = 'delivered' then occurred_date end as delivered_date,
        case when order_stage = 'shipped' then stage_qty end as left_qty,
        false as is_goods_flaw
    from order_stages

    union all

    select
        location_id,
        order_number,
        line_number,
        null as delivered_date,
        null as left_qty,
        true as is_goods_flaw
    from pick_errors

    union all

    select
        invoice_lines.location_id,
        invoice_lines.order_number,
        invoice_lines.order_line_number as line_number,
        null as delivered_date,
        null as left_qty,
        true as is_goods_flaw
    from sales_returns
    inner join invoice_lines
        on
            sales_returns.division_code = invoice_lines.division_code
            and sales_returns.invoice_number = invoice_lines.invoice_number
            and sales_returns.invoice_line_number = invoice_lines.line_number
),

final as (
    select
        locations.division_code,
        evidence.order_number,
        evidence.line_number,
        max(evidence.delivered_date) as delivered_date,
        cast(sum(evidence.left_qty) as decimal(18, 4)) as left_qty,
        bool_or(evidence.is_goods_flaw) as is_goods_flaw
    from evidence
    inner join locations on evidence.location_id = locations.location_id
    where evidence.order_number is not null and evidence.line_number is not null
    group by locations.division_code, evidence.order_number, evidence.line_number
)

select * from final
