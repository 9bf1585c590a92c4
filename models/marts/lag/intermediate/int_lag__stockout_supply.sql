-- What was on order when stock ran out, and what of it should have been there: lines due by the first day without stock
-- and not come in full, and a last line before it that came short.
with stockouts as (
    select * from {{ ref('int_lag__stockout') }}
),

replenishments as (
    select * from {{ ref('int_lag__replenishment') }}
),

{% set is_on_order = 'replenishments.settled_date > stockouts.stockout_start_date' %}
{% set is_late = is_on_order ~ ' and replenishments.due_date <= stockouts.stockout_start_date' %}
{% set due_key = "cast(replenishments.due_date as string) || '|' || replenishments.replenishment_id" %}
{% set last_key = "cast(replenishments.settled_date as string) || '|' || replenishments.replenishment_id" %}

final as (
    select
        stockouts.sku_id,
        stockouts.location_id,
        stockouts.stockout_start_date,
        min(replenishments.placed_date) filter (where {{ is_on_order }}) as order_placed_date,
        cast(count(*) filter (where {{ is_on_order }}) as integer) as on_order_count,
        cast(count(*) filter (where {{ is_late }}) as integer) as late_order_count,
        substr(min({{ due_key }}) filter (where {{ is_late }}), length('9999-12-31|') + 1) as late_order_line_id,
        min(replenishments.due_date) filter (where {{ is_late }}) as late_due_date,
        {{ value_at_max(
            "case when replenishments.replenishment_type = 'order_line' and not (" ~ is_on_order
            ~ ') then replenishments.is_received_in_full end',
            last_key
        ) }} as was_last_in_full
    from stockouts
    inner join replenishments
        on
            stockouts.sku_id = replenishments.sku_id
            and stockouts.location_id = replenishments.location_id
            and stockouts.stockout_start_date >= replenishments.placed_date
    group by stockouts.sku_id, stockouts.location_id, stockouts.stockout_start_date
)

select * from final
