-- Order lines of which OTIF is decided, by their first promise (A36), with what was rejected and missing of each.
with judgements as (
    select * from {{ ref('fct_receipt_judgement') }}
    where is_otif is not null
),

order_lines as (
    select * from {{ ref('fct_purchase_order_line') }}
),

sources as (
    select * from {{ ref('int_lag__sku_source') }}
),

final as (
    select
        judgements.purchase_order_line_id,
        judgements.supplier_id,
        judgements.planned_date,
        judgements.is_otif,
        judgements.ordered_amount,
        coalesce(sources.supplier_count, 1) = 1 as is_single_source,
        {{ divide('order_lines.received_qty - order_lines.accepted_qty', 'order_lines.received_qty') }}
            as rejected_ratio,
        case
            when judgements.quantity_variance_ratio is not null
                then least(abs(judgements.quantity_variance_ratio), cast(1 as decimal(24, 6)))
        end as qty_error_ratio
    from judgements
    inner join order_lines on judgements.purchase_order_line_id = order_lines.purchase_order_line_id
    left join sources
        on
            judgements.division_code = sources.division_code
            and judgements.sku_id = sources.sku_id
)

select * from final
