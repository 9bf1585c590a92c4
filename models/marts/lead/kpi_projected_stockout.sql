-- When each record will run out at its mean demand, with what is under way, and what sales that will lose until goods
-- can come.
with segments as (
    select * from {{ ref('int_lead__supply_segment') }}
),

stock_states as (
    select * from {{ ref('fct_stock_state') }}
),

statistics as (
    select * from {{ ref('fct_demand_statistic') }}
),

lead_times as (
    select * from {{ ref('fct_replenishment_lead_time') }}
),

list_prices as (
    select * from {{ ref('fct_list_price') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

outlook_policy as (
    {{ policy_as_of(['projection_days'], over='cutoff', as_of='as_of_date') }}
),

served as (
    select
        segments.sku_id,
        segments.location_id,
        segments.from_day_count,
        segments.supply_qty,
        segments.next_day_count,
        outlook_policy.projection_days,
        {{ kpi_days_served('segments.supply_qty', 'statistics.mean_daily_qty') }} as served_day_count
    from segments
    cross join outlook_policy
    left join statistics using (sku_id, location_id)
),

-- The first stretch whose supply is used up before the next goods come, or before the horizon ends.
ranked as (
    select
        *,
        row_number() over (partition by sku_id, location_id order by from_day_count) as stretch_rank
    from served
    where served_day_count < least(coalesce(next_day_count, projection_days), projection_days)
),

totals as (
    select
        sku_id,
        location_id,
        max(supply_qty) as supply_qty
    from segments
    group by sku_id, location_id
),

joined as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        cutoff.as_of_date,
        cast(stock_states.available_qty + stock_states.reserved_qty as decimal(18, 4)) as usable_qty,
        cast(totals.supply_qty - stock_states.available_qty - stock_states.reserved_qty as decimal(18, 4))
            as coming_qty,
        coalesce(statistics.mean_daily_qty, 0) as mean_daily_qty,
        outlook_policy.projection_days,
        list_prices.list_price_amount,
        ranked.served_day_count,
        ranked.next_day_count,
        ranked.supply_qty,
        least(
            coalesce(ranked.next_day_count, lead_times.lead_time_days, outlook_policy.projection_days),
            outlook_policy.projection_days
        ) as until_days
    from stock_records
    cross join cutoff
    inner join outlook_policy on cutoff.as_of_date = outlook_policy.as_of_date
    inner join stock_states using (sku_id, location_id)
    inner join totals using (sku_id, location_id)
    left join statistics using (sku_id, location_id)
    left join lead_times using (sku_id, location_id)
    left join list_prices
        on stock_records.division_code = list_prices.division_code and stock_records.sku_id = list_prices.sku_id
    left join ranked
        on
            stock_records.sku_id = ranked.sku_id
            and stock_records.location_id = ranked.location_id
            and ranked.stretch_rank = 1
),

lost as (
    select
        *,
        case
            when served_day_count is null then 0
            else {{ kpi_lost_qty('supply_qty', 'mean_daily_qty', 'until_days') }}
        end as lost_qty,
        {{ product('mean_daily_qty', 'projection_days') }} as horizon_demand_qty
    from joined
),

final as (
    select
        sku_id,
        location_id,
        as_of_date,
        usable_qty,
        coming_qty,
        mean_daily_qty,
        {{ add_days('as_of_date', 'served_day_count') }} as projected_stockout_date,
        case
            when mean_daily_qty <= 0 then 'no_demand'
            when served_day_count is null then 'beyond_horizon'
        end as projected_stockout_reason,
        {{ add_days('as_of_date', 'next_day_count') }} as next_receipt_date,
        cast(usable_qty + coming_qty - horizon_demand_qty as decimal(24, 6)) as projected_balance_qty,
        cast(lost_qty as decimal(24, 6)) as lost_qty,
        {{ product('lost_qty', 'list_price_amount', 4) }} as lost_amount,
        {{ product('horizon_demand_qty', 'list_price_amount', 4) }} as horizon_demand_amount,
        case when mean_daily_qty <= 0 then 'no_demand' when list_price_amount is null then 'no_price' end as lost_reason
    from lost
)

select * from final
