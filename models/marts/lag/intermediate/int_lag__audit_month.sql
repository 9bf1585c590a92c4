-- What counts say that the books of each month held too much or too little, and what went lost in the month, in a
-- straight line between two counts.
with pieces as (
    select * from {{ ref('int_lag__audit_piece') }}
),

rates as (
    select * from {{ ref('int_lag__record_rate') }}
),

{% set error_qty_days = kpi_error_qty_days(
    'pieces.start_error_qty', 'pieces.end_error_qty', 'pieces.interval_day_count', 'pieces.day_number',
    'pieces.piece_day_count'
) %}
{% set lost_qty = kpi_lost_between_counts(
    'pieces.start_error_qty', 'pieces.end_error_qty', 'pieces.interval_day_count', 'pieces.piece_day_count'
) %}
final as (
    select
        pieces.sku_id,
        pieces.location_id,
        pieces.month_start_date,
        cast(
            sum({{ product(error_qty_days, 'pieces.unit_cost_amount') }} * rates.closing_rate)
            as decimal(24, 4)
        ) as error_value_days,
        cast(
            sum({{ product(lost_qty, 'pieces.unit_cost_amount') }} * rates.average_rate)
            as decimal(24, 4)
        ) as shrink_amount
    from pieces
    {{ join_record_rate('pieces', 'pieces.month_start_date') }}
    group by pieces.sku_id, pieces.location_id, pieces.month_start_date
)

select * from final
