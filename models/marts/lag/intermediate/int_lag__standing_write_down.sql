-- Write-downs of goods that are still here: of each posting the share of its quantity that lies in layers as old as
-- it. The oldest goods leave first, so what was written down leaves before what came later.
with postings as (
    select * from {{ ref('int_lag__write_off_line') }}
    where write_off_kind = 'write_down'
),

layers as (
    select * from {{ ref('fct_cost_layer') }}
),

old_stock as (
    select
        postings.division_code,
        postings.write_off_number,
        postings.sku_id,
        postings.location_id,
        postings.write_off_qty,
        postings.net_amount,
        cast(least(sum(layers.layer_qty), postings.write_off_qty) as decimal(18, 4)) as standing_qty
    from postings
    inner join layers
        on
            postings.sku_id = layers.sku_id
            and postings.location_id = layers.location_id
            and postings.posted_date >= layers.receipt_date
    group by
        postings.division_code, postings.write_off_number, postings.sku_id, postings.location_id,
        postings.write_off_qty, postings.net_amount
),

final as (
    select
        sku_id,
        location_id,
        cast(sum({{ divide(product('net_amount', 'standing_qty'), 'write_off_qty', 4) }}) as decimal(24, 4))
            as written_down_amount
    from old_stock
    group by sku_id, location_id
)

select * from final
