-- Usage of each SKU in the window of each review, per scope, with the exact sums that classes need.
with reviews as (
    select * from {{ ref('int_core__class_review') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
    where scope_type in ('company', 'division')
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

demand as (
    select * from {{ ref('fct_demand_daily') }}
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

-- Usage is valued at the cost that holds at the review, in company currency at the closing rate of its month.
review_records as (
    select
        reviews.review_date,
        reviews.is_provisional,
        reviews.window_start_date,
        stock_records.sku_id,
        stock_records.location_id,
        stock_records.first_event_date,
        cast(cast(unit_costs.unit_cost_amount as decimal(20, 6)) * company_rates.closing_rate as decimal(18, 6))
            as unit_cost_amount
    from reviews
    inner join stock_records on reviews.review_date > stock_records.first_event_date
    left join unit_costs
        on
            stock_records.sku_id = unit_costs.sku_id
            and stock_records.location_id = unit_costs.location_id
            and reviews.review_date > unit_costs.valid_from_date
            and reviews.review_date <= unit_costs.valid_to_date
    left join company_rates
        on
            stock_records.currency = company_rates.currency
            and stock_records.company_currency = company_rates.company_currency
            and cast(date_trunc('month', {{ add_days('reviews.review_date', -1) }}) as date)
            = company_rates.month_start_date
),

weekly_usage as (
    select
        review_records.review_date,
        review_records.is_provisional,
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        review_records.sku_id,
        cast(date_trunc('week', demand.demand_date) as date) as week_start_date,
        min(greatest(review_records.first_event_date, review_records.window_start_date)) as active_from_date,
        min(review_records.first_event_date) as first_event_date,
        cast(coalesce(sum(demand.gross_demand_qty), 0) as decimal(18, 4)) as usage_qty,
        coalesce(sum(cast(demand.gross_demand_qty as decimal(20, 4)) * review_records.unit_cost_amount), 0)
            as usage_amount,
        count(demand.demand_date) filter (where review_records.unit_cost_amount is null) as uncosted_usage_count
    from review_records
    inner join stock_scopes
        on
            review_records.sku_id = stock_scopes.sku_id
            and review_records.location_id = stock_scopes.location_id
    left join demand
        on
            review_records.sku_id = demand.sku_id
            and review_records.location_id = demand.location_id
            and review_records.window_start_date <= demand.demand_date
            and review_records.review_date > demand.demand_date
    group by
        review_records.review_date,
        review_records.is_provisional,
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        review_records.sku_id,
        cast(date_trunc('week', demand.demand_date) as date)
),

final as (
    select
        review_date,
        is_provisional,
        scope_type,
        scope_id,
        sku_id,
        min(first_event_date) as first_event_date,
        {{ weeks_touched('min(active_from_date)', add_days('review_date', -1)) }} as active_week_count,
        cast(count(*) filter (where usage_qty > 0) as integer) as demand_week_count,
        cast(sum(usage_qty) as decimal(18, 4)) as usage_qty,
        cast(sum(usage_amount) as decimal(24, 4)) as usage_amount,
        cast(sum(cast(usage_qty as decimal(20, 4)) * usage_qty) as decimal(30, 4)) as sum_squared_weekly_qty,
        cast(sum(uncosted_usage_count) as integer) as uncosted_usage_count
    from weekly_usage
    group by review_date, is_provisional, scope_type, scope_id, sku_id
)

select * from final
