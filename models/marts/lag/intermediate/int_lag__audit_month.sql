-- What counts say that the books of each month held too much or too little, at the unit cost of the day the interval ends;
-- and what went lost in the month, in a straight line between two counts.
with intervals as (
    select * from {{ ref('int_lag__audit_interval') }}
    where start_error_qty <> 0 or end_error_qty <> 0
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

months as (
    select * from {{ ref('int_lag__month') }}
),

rates as (
    select * from {{ ref('int_lag__record_rate') }}
),

{% set first_day = 'greatest(intervals.valid_from_date, months.month_start_date)' %}
{% set end_day = 'least(intervals.valid_to_date, ' ~ add_days('months.last_day_date', 1) ~ ')' %}
pieces as (
    select
        intervals.*,
        months.month_start_date,
        {{ days_between('intervals.valid_from_date', 'intervals.valid_to_date') }} as interval_day_count,
        {{ days_between('intervals.valid_from_date', first_day) }} as first_day_number,
        {{ days_between(first_day, end_day) }} as piece_day_count,
        {{ multiply('unit_costs.unit_cost_amount', 'rates.closing_rate') }} as closing_cost_amount,
        {{ multiply('unit_costs.unit_cost_amount', 'rates.average_rate') }} as average_cost_amount
    from intervals
    inner join months
        on
            intervals.valid_from_date <= months.last_day_date
            and intervals.valid_to_date > months.month_start_date
    left join rates
        on
            intervals.sku_id = rates.sku_id
            and intervals.location_id = rates.location_id
            and months.month_start_date = rates.month_start_date
    left join unit_costs
        on
            intervals.sku_id = unit_costs.sku_id
            and intervals.location_id = unit_costs.location_id
            and {{ add_days('intervals.valid_to_date', -1) }} >= unit_costs.valid_from_date
            and {{ add_days('intervals.valid_to_date', -1) }} < unit_costs.valid_to_date
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        cast(
            sum({{ multiply(
                kpi_error_qty_days(
                    'start_error_qty', 'end_error_qty', 'interval_day_count', 'first_day_number', 'piece_day_count'
                ),
                'cast(closing_cost_amount as decimal(18, 6))'
            ) }}) as decimal(24, 4)
        ) as error_value_days,
        cast(
            sum({{ multiply(
                kpi_lost_between_counts('start_error_qty', 'end_error_qty', 'interval_day_count', 'piece_day_count'),
                'cast(average_cost_amount as decimal(18, 6))'
            ) }}) as decimal(24, 4)
        ) as shrink_amount
    from pieces
    group by sku_id, location_id, month_start_date
)

select * from final
