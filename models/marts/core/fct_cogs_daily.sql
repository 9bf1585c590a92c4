-- Cost of sales by day: units issued to customers, net of what came back, at the unit cost of the day, in company
-- currency at the average rate of the day's month.
with movements as (
    select
        *,
        cast(date_trunc('month', posting_date) as date) as month_start_date
    from {{ ref('fct_stock_movement') }}
    where is_cogs and is_owned
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

local_amounts as (
    select
        movements.sku_id,
        movements.location_id,
        movements.posting_date,
        movements.month_start_date,
        cast(sum(-movements.movement_qty) as decimal(18, 4)) as sold_qty,
        {{ fixed('sum(' ~ multiply('-movements.movement_qty', 'unit_costs.unit_cost_amount') ~ ')', 6) }}
            as cogs_local_amount,
        bool_or(unit_costs.unit_cost_amount is null) as is_uncosted
    from movements
    left join unit_costs
        on
            movements.sku_id = unit_costs.sku_id
            and movements.location_id = unit_costs.location_id
            and movements.posting_date >= unit_costs.valid_from_date
            and movements.posting_date < unit_costs.valid_to_date
    group by movements.sku_id, movements.location_id, movements.posting_date, movements.month_start_date
),

final as (
    select
        local_amounts.sku_id,
        local_amounts.location_id,
        local_amounts.posting_date as event_date,
        local_amounts.month_start_date,
        local_amounts.sold_qty,
        {{ product('local_amounts.cogs_local_amount', 'company_rates.average_rate') }}
            as cogs_amount,
        local_amounts.is_uncosted or company_rates.average_rate is null as is_uncosted
    from local_amounts
    inner join locations on local_amounts.location_id = locations.location_id
    left join company_rates
        on
            locations.currency = company_rates.currency
            and locations.company_currency = company_rates.company_currency
            and local_amounts.month_start_date = company_rates.month_start_date
)

select * from final
