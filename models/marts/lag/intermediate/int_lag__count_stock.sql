-- Value held of a stock record between a count and the one before it, in local currency.
with intervals as (
    select * from {{ ref('int_lag__count_interval') }}
    where previous_counted_date is not null
),

pieces as (
    select * from {{ ref('fct_stock_value') }}
),

{% set days = days_between(
    'greatest(pieces.valid_from_date, ' ~ add_days('intervals.previous_counted_date', 1) ~ ')',
    'least(pieces.valid_to_date, ' ~ add_days('intervals.counted_date', 1) ~ ')'
) %}

final as (
    select
        intervals.sku_id,
        intervals.location_id,
        intervals.counted_date,
        cast(sum(cast(pieces.on_hand_qty as decimal(20, 4)) * pieces.unit_cost_amount * {{ days }}) as decimal(24, 4))
            as value_days,
        bool_or(pieces.unit_cost_amount is null) as has_uncosted_stock
    from intervals
    inner join pieces
        on
            intervals.sku_id = pieces.sku_id
            and intervals.location_id = pieces.location_id
            and intervals.counted_date >= pieces.valid_from_date
            and {{ add_days('intervals.previous_counted_date', 1) }} < pieces.valid_to_date
    group by intervals.sku_id, intervals.location_id, intervals.counted_date
)

select * from final
