-- Every day on which the demand of a promoted record may say something: what it sold, what the others of its category
-- sold at the location outside of promotions, the season, and whether goods were there when the day ended.
with promotions as (
    select * from {{ ref('int_lead__promotion') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

days as (
    select * from {{ ref('dim_date') }}
),

demand as (
    select * from {{ ref('fct_demand_daily') }}
),

promoted_days as (
    select * from {{ ref('int_lead__promoted_day') }}
),

category_days as (
    select * from {{ ref('int_lead__category_day') }}
),

seasons as (
    select * from {{ ref('int_lead__season_index') }}
),

empty_runs as (
    select * from {{ ref('fct_stock_on_hand') }}
    where on_hand_qty <= 0 and valid_from_date < valid_to_date
),

spans as (
    select
        sku_id,
        location_id,
        as_of_date,
        min(look_from_date) as from_date,
        max(dip_end_date) as until_date
    from promotions
    where look_from_date is not null
    group by sku_id, location_id, as_of_date
),

dense as (
    select
        spans.sku_id,
        spans.location_id,
        stock_records.division_code,
        stock_records.category,
        days.date_day,
        days.iso_weekday,
        days.date_day <= spans.as_of_date as is_past
    from spans
    inner join stock_records using (sku_id, location_id)
    inner join days on spans.from_date <= days.date_day and spans.until_date >= days.date_day
),

final as (
    select
        dense.sku_id,
        dense.location_id,
        dense.date_day,
        dense.iso_weekday,
        dense.is_past,
        promoted_days.promotion_code,
        coalesce(promoted_days.is_running, false) as is_running,
        coalesce(promoted_days.is_overlapping, false) as is_overlapping,
        empty_runs.on_hand_qty is not null as is_stockout,
        coalesce(seasons.season_ratio, cast(1 as decimal(24, 6))) as season_ratio,
        coalesce(demand.gross_demand_qty, 0) as sold_qty,
        cast(
            coalesce(category_days.sold_qty, 0)
            - case when promoted_days.is_running then 0 else coalesce(demand.gross_demand_qty, 0) end
            as decimal(18, 4)
        ) as others_sold_qty
    from dense
    left join promoted_days
        on
            dense.sku_id = promoted_days.sku_id
            and dense.location_id = promoted_days.location_id
            and dense.date_day = promoted_days.date_day
    left join demand
        on
            dense.sku_id = demand.sku_id
            and dense.location_id = demand.location_id
            and dense.date_day = demand.demand_date
    left join category_days
        on
            dense.location_id = category_days.location_id
            and dense.category = category_days.category
            and dense.date_day = category_days.demand_date
    left join seasons
        on
            dense.division_code = seasons.division_code
            and dense.category = seasons.category
            and seasons.month_number = extract(month from dense.date_day)
    left join empty_runs
        on
            dense.sku_id = empty_runs.sku_id
            and dense.location_id = empty_runs.location_id
            and dense.date_day >= empty_runs.valid_from_date
            and dense.date_day < empty_runs.valid_to_date
)

select * from final
