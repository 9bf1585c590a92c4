-- Stock at each week's end and cost of sales of the 13 weeks to it, per stock record, company currency. The first week
-- is the first with 13 weeks of ledger behind it at the location; from there every week has a row, nil included.
with weeks as (
    select * from {{ ref('int_governance__week') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

pieces as (
    select * from {{ ref('fct_stock_value') }}
),

cogs_daily as (
    select
        *,
        cast(date_trunc('week', event_date) as date) as week_start_date
    from {{ ref('fct_cogs_daily') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

feeds as (
    select
        location_id,
        min(first_event_date) as feed_start_date
    from stock_records
    group by location_id
),

closing as (
    select
        pieces.sku_id,
        pieces.location_id,
        weeks.week_start_date,
        sum(pieces.on_hand_qty) as closing_qty,
        {{ fixed('sum(' ~ multiply('pieces.on_hand_qty', 'pieces.unit_cost_amount') ~ ')') }} as closing_amount,
        bool_or(pieces.unit_cost_amount is null) as is_uncosted
    from pieces
    inner join weeks
        on
            pieces.valid_from_date <= weeks.week_end_date
            and pieces.valid_to_date > weeks.week_end_date
    group by pieces.sku_id, pieces.location_id, weeks.week_start_date
),

sold as (
    select
        sku_id,
        location_id,
        week_start_date,
        sum(cogs_amount) as cogs_amount,
        bool_or(is_uncosted) as is_uncosted
    from cogs_daily
    group by sku_id, location_id, week_start_date
),

record_weeks as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        weeks.week_start_date,
        weeks.week_end_date,
        feeds.feed_start_date,
        coalesce(closing.closing_qty, 0) as closing_qty,
        case when not coalesce(closing.is_uncosted, false) then coalesce(closing.closing_amount, 0) end
        * company_rates.closing_rate as closing_amount,
        sum(coalesce(sold.cogs_amount, 0)) over past_13 as cogs_91_amount,
        bool_or(coalesce(sold.is_uncosted, false)) over past_13 as is_cogs_uncosted
    from stock_records
    inner join feeds on stock_records.location_id = feeds.location_id
    inner join weeks on feeds.feed_start_date <= weeks.week_end_date
    left join closing
        on
            stock_records.sku_id = closing.sku_id
            and stock_records.location_id = closing.location_id
            and weeks.week_start_date = closing.week_start_date
    left join sold
        on
            stock_records.sku_id = sold.sku_id
            and stock_records.location_id = sold.location_id
            and weeks.week_start_date = sold.week_start_date
    left join company_rates
        on
            stock_records.currency = company_rates.currency
            and stock_records.company_currency = company_rates.company_currency
            and weeks.month_start_date = company_rates.month_start_date
    window
        past_13 as (
            partition by stock_records.sku_id, stock_records.location_id order by weeks.week_start_date
            rows between 12 preceding and current row
        )
),

final as (
    select
        sku_id,
        location_id,
        week_start_date,
        week_end_date,
        cast(closing_qty as decimal(24, 4)) as closing_qty,
        cast(closing_amount as decimal(24, 4)) as closing_amount,
        cast(case when not is_cogs_uncosted then cogs_91_amount end as decimal(24, 4)) as cogs_91_amount
    from record_weeks
    where feed_start_date <= {{ add_days('week_end_date', -90) }}
)

select * from final
