-- What of each lot will expire before demand takes it, the lot that expires first leaving first.
with lives as (
    select
        *,
        greatest(on_hand_qty, 0) as lot_qty
    from {{ ref('int_lead__lot_life') }}
),

statistics as (
    select * from {{ ref('fct_demand_statistic') }}
),

records as (
    select * from {{ ref('fct_stock_record') }}
),

-- Demand can take from the lots up to one at most what it asks for until that one expires; what it did not take of an
-- earlier lot is gone.
queued as (
    select
        lives.*,
        coalesce(statistics.mean_daily_qty, 0) as mean_daily_qty,
        records.unit_cost_amount,
        {{ product('coalesce(statistics.mean_daily_qty, 0)', 'lives.remaining_days') }}
            as asked_qty,
        row_number() over (
            partition by lives.sku_id, lives.location_id
            order by lives.remaining_days nulls last, lives.expiry_date nulls last, lives.lot_code
        ) as fefo_rank
    from lives
    left join statistics using (sku_id, location_id)
    left join records using (sku_id, location_id)
),

summed as (
    select
        *,
        sum(lot_qty) over (partition by sku_id, location_id order by fefo_rank) as queue_qty
    from queued
),

bounded as (
    select
        *,
        least(min(asked_qty - queue_qty) over (partition by sku_id, location_id order by fefo_rank), 0) as short_qty
    from summed
),

limited as (
    select
        *,
        case
            when remaining_days is not null then cast(queue_qty + short_qty as decimal(24, 6))
        end as taken_until_qty
    from bounded
),

taken as (
    select
        *,
        cast(taken_until_qty - coalesce(
            lag(taken_until_qty) over (partition by sku_id, location_id order by fefo_rank), 0
        ) as decimal(18, 4)) as taken_qty
    from limited
),

final as (
    select
        sku_id,
        location_id,
        lot_code,
        as_of_date,
        expiry_date,
        cast(fefo_rank as integer) as fefo_rank,
        on_hand_qty,
        mean_daily_qty,
        sensor_count,
        mkt_celsius,
        least_celsius,
        unsafe_days,
        known_ratio,
        extra_age_days,
        was_frozen,
        cast(label_day_count as integer) as label_day_count,
        remaining_days,
        taken_qty,
        case when remaining_days is not null then {{ kpi_lot_risk_qty('lot_qty', 'taken_qty') }} end as risk_qty,
        cast({{ product('lot_qty', 'unit_cost_amount', 4) }} as decimal(24, 4)) as on_hand_amount,
        case
            when remaining_days is not null
                then {{ product(kpi_lot_risk_qty('lot_qty', 'taken_qty'), 'unit_cost_amount', 4) }}
        end as risk_amount,
        case
            when remaining_days is null then 'no_expiry'
            when unit_cost_amount is null then 'no_cost'
            when mean_daily_qty = 0 then 'no_demand'
        end as risk_reason,
        case when sensor_count = 0 then 'no_sensor' end as condition_reason
    from taken
)

select * from final
