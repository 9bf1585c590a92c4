-- Each stock record at the end of each month: the segment it belongs to, as its age and the class of its demand were
-- then. One that had not begun to move by then holds nothing and belongs to none.
with turnover as (
    select * from {{ ref('kpi_inventory_turnover') }}
    where scope_type = 'sku_location' and is_month_closed
),

record_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
    where scope_type = 'sku_location'
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

classes as (
    select * from {{ ref('fct_sku_class') }}
    where scope_type = 'company' and not is_provisional
),

group_policy as (
    {{ policy_as_of(['new_item_weeks'], over='turnover', as_of='last_day_date') }}
),

final as (
    select
        turnover.scope_id as sku_location_id,
        turnover.month_start_date,
        turnover.last_day_date,
        stock_records.company_code,
        stock_records.division_code,
        stock_records.category,
        {{ kpi_demand_group(
            days_between('stock_records.first_event_date', 'turnover.last_day_date'), 'group_policy.new_item_weeks',
            'classes.demand_class'
        ) }} as demand_group,
        turnover.known_day_count,
        turnover.window_day_count,
        turnover.turnover_numerator_amount,
        turnover.avg_inventory_amount,
        turnover.closing_amount,
        turnover.cogs_91_amount
    from turnover
    inner join group_policy using (last_day_date)
    inner join record_scopes on turnover.scope_id = record_scopes.scope_id
    inner join stock_records
        on
            record_scopes.sku_id = stock_records.sku_id
            and record_scopes.location_id = stock_records.location_id
            and turnover.last_day_date >= stock_records.first_event_date
    left join classes
        on
            record_scopes.sku_id = classes.sku_id
            and stock_records.company_code = classes.scope_id
            and turnover.last_day_date >= classes.effective_from_date
            and turnover.last_day_date < classes.effective_to_date
)

select * from final
