-- Margin lost to empty shelves, by scope and month: what a day with stock sold in the year to the month's end, on
-- the days that ended empty until the item's end of life, less what was served on them, at the margin that a unit
-- made in that year.
with empty_runs as (
    select * from {{ ref('int_service__empty_day_month') }}
),

demand as (
    select * from {{ ref('fct_demand_daily') }}
),

margins as (
    select * from {{ ref('kpi_gmroii') }}
    where scope_type = 'sku_location'
),

cogs_daily as (
    select * from {{ ref('fct_cogs_daily') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

asked as (
    select
        empty_runs.sku_id,
        empty_runs.location_id,
        empty_runs.month_start_date,
        sum(demand.gross_demand_qty) filter (where not demand.is_stockout) as in_stock_qty,
        sum(demand.gross_demand_qty) filter (
            where demand.is_stockout and demand.demand_date >= empty_runs.month_start_date
        ) as served_qty
    from empty_runs
    inner join demand
        on
            empty_runs.sku_id = demand.sku_id
            and empty_runs.location_id = demand.location_id
            and empty_runs.year_start_date <= demand.demand_date
            and empty_runs.month_end_date >= demand.demand_date
    group by empty_runs.sku_id, empty_runs.location_id, empty_runs.month_start_date
),

sold as (
    select
        empty_runs.sku_id,
        empty_runs.location_id,
        empty_runs.month_start_date,
        sum(cogs_daily.sold_qty) as sold_qty
    from empty_runs
    inner join cogs_daily
        on
            empty_runs.sku_id = cogs_daily.sku_id
            and empty_runs.location_id = cogs_daily.location_id
            and empty_runs.year_start_date <= cogs_daily.event_date
            and empty_runs.month_end_date >= cogs_daily.event_date
    group by empty_runs.sku_id, empty_runs.location_id, empty_runs.month_start_date
),

lost as (
    select
        empty_runs.sku_id,
        empty_runs.location_id,
        empty_runs.month_start_date,
        {{ kpi_expected_loss_qty(
            'asked.in_stock_qty', 'empty_runs.in_stock_day_count', 'empty_runs.empty_day_count', 'asked.served_qty'
        ) }} as lost_qty,
        case when sold.sold_qty > 0 then {{ divide('margins.gross_margin_amount', 'sold.sold_qty') }} end
            as unit_margin_amount
    from empty_runs
    inner join asked using (sku_id, location_id, month_start_date)
    left join sold using (sku_id, location_id, month_start_date)
    left join margins
        on
            empty_runs.sku_id || '|' || empty_runs.location_id = margins.scope_id
            and empty_runs.month_start_date = margins.month_start_date
),

final as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        lost.month_start_date,
        cast(sum(lost.lost_qty) as decimal(24, 4)) as lost_qty,
        cast(sum({{ multiply('lost.lost_qty', 'lost.unit_margin_amount') }}) as decimal(24, 4)) as lost_margin_amount,
        cast(count(*) filter (where lost.unit_margin_amount is null and lost.lost_qty > 0) as integer)
            as unpriced_record_count
    from lost
    inner join stock_scopes using (sku_id, location_id)
    where stock_scopes.scope_type in ('category', 'location', 'division', 'company')
    group by stock_scopes.scope_type, stock_scopes.scope_id, lost.month_start_date
)

select * from final
