-- When each record was last told, counted and moved, and what its last comparison left unexplained.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

balances as (
    select * from {{ ref('fct_stock_balance') }}
    where system_code = 'erp' and is_owned
),

reconciliation as (
    select * from {{ ref('kpi_stock_reconciliation') }}
),

counts as (
    select * from {{ ref('fct_cycle_count') }}
),

movements as (
    select * from {{ ref('fct_stock_movement') }}
    where is_current_version
),

last_balances as (
    select
        sku_id,
        location_id,
        max(as_of_at) as record_as_of
    from balances
    group by sku_id, location_id
),

-- Where both sides are right about the goods and speak of different things, the difference is no error of the record.
last_comparisons as (
    select
        sku_id,
        location_id,
        {{ value_at_max(
            'case when ' ~ kpi_is_explained_break('break_class') ~ ' then 0 else delta_qty end', 'cut_off_at'
        ) }} as balance_delta_qty,
        {{ value_at_max('tolerance_qty', 'cut_off_at') }} as balance_tolerance_qty
    from reconciliation
    group by sku_id, location_id
),

last_counts as (
    select
        sku_id,
        location_id,
        max(counted_at) as last_counted_at,
        max(counted_date) as last_counted_date
    from counts
    group by sku_id, location_id
),

last_movements as (
    select
        movements.sku_id,
        movements.location_id,
        max(movements.event_date) as last_movement_date
    from movements
    inner join cutoff on movements.occurred_at <= cutoff.as_of_at
    group by movements.sku_id, movements.location_id
),

final as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        last_balances.record_as_of,
        cast(last_comparisons.balance_delta_qty as decimal(18, 4)) as balance_delta_qty,
        last_comparisons.balance_tolerance_qty,
        last_counts.last_counted_at,
        -- A record never counted has waited since its first event.
        coalesce(last_counts.last_counted_date, stock_records.first_event_date) as waiting_since_date,
        last_movements.last_movement_date
    from stock_records
    left join last_balances
        on
            stock_records.sku_id = last_balances.sku_id
            and stock_records.location_id = last_balances.location_id
    left join last_comparisons
        on
            stock_records.sku_id = last_comparisons.sku_id
            and stock_records.location_id = last_comparisons.location_id
    left join last_counts
        on
            stock_records.sku_id = last_counts.sku_id
            and stock_records.location_id = last_counts.location_id
    left join last_movements
        on
            stock_records.sku_id = last_movements.sku_id
            and stock_records.location_id = last_movements.location_id
)

select * from final
