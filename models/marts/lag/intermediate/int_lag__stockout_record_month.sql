-- What stock-outs were to a record in a month: days and losses of every event that touches it, and of those that began
-- in it how many there were and how many have no cause.
with active_months as (
    select * from {{ ref('int_lag__active_month') }}
),

losses as (
    select * from {{ ref('int_lag__stockout_loss') }}
),

stockouts as (
    select
        *,
        cast(date_trunc('month', stockout_start_date) as date) as month_start_date
    from {{ ref('fct_stockout_event') }}
),

{% set sums = [
    'expected_qty', 'served_qty', 'lost_qty', 'known_cost_lost_qty', 'lost_sales_amount', 'lost_margin_amount'
] %}

touched as (
    select
        sku_id,
        location_id,
        month_start_date,
        {%- for measure in sums %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        count(*) as event_count,
        count(*) filter (where lost_sales_amount is null) as unpriced_event_count,
        sum(oos_day_count) as oos_day_count,
        sum(effective_day_count) as effective_day_count
    from losses
    group by sku_id, location_id, month_start_date
),

begun as (
    select
        sku_id,
        location_id,
        month_start_date,
        count(*) as begun_event_count,
        count(*) filter (where cause = 'unknown') as unknown_event_count
    from stockouts
    group by sku_id, location_id, month_start_date
),

final as (
    select
        active_months.sku_id,
        active_months.location_id,
        active_months.month_start_date,
        active_months.last_day_date,
        active_months.is_month_closed,
        active_months.active_day_count,
        {%- for measure in sums %}
        cast(coalesce(touched.{{ measure }}, 0) as decimal(24, 4)) as {{ measure }},
        {%- endfor %}
        cast(coalesce(touched.event_count, 0) as integer) as event_count,
        cast(coalesce(touched.unpriced_event_count, 0) as integer) as unpriced_event_count,
        cast(coalesce(touched.oos_day_count, 0) as integer) as oos_day_count,
        cast(coalesce(touched.effective_day_count, 0) as integer) as effective_day_count,
        cast(coalesce(begun.begun_event_count, 0) as integer) as begun_event_count,
        cast(coalesce(begun.unknown_event_count, 0) as integer) as unknown_event_count
    from active_months
    left join touched using (sku_id, location_id, month_start_date)
    left join begun using (sku_id, location_id, month_start_date)
)

select * from final
