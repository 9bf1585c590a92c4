-- The intervals between counts in which the books erred, cut at month ends, each with the unit cost of its last day.
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

{% set first_day = 'greatest(intervals.valid_from_date, months.month_start_date)' %}
{% set end_day = 'least(intervals.valid_to_date, ' ~ add_days('months.last_day_date', 1) ~ ')' %}
final as (
    select
        intervals.sku_id,
        intervals.location_id,
        months.month_start_date,
        intervals.valid_from_date,
        intervals.start_error_qty,
        intervals.end_error_qty,
        cast({{ days_between('intervals.valid_from_date', 'intervals.valid_to_date') }} as integer)
            as interval_day_count,
        cast({{ days_between('intervals.valid_from_date', first_day) }} as integer) as day_number,
        cast({{ days_between(first_day, end_day) }} as integer) as piece_day_count,
        unit_costs.unit_cost_amount
    from intervals
    inner join months
        on
            intervals.valid_from_date <= months.last_day_date
            and intervals.valid_to_date > months.month_start_date
    {{ join_unit_cost('intervals', add_days('intervals.valid_to_date', -1)) }}
)

select * from final
