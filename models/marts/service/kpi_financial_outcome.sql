-- The driver tree: what cover, cash cycle, empty shelves and margin on stock come to in money. Working capital is
-- released once and saves each year; what is saved by the cash rate is a part of what is saved by the whole carrying
-- rate.
with turnover as (
    select
        *,
        case when scope_type = 'category' then scope_id else '-' end as category_id,
        case when scope_type = 'location' then scope_id else '-' end as location_id,
        case when scope_type = 'division' then scope_id else '-' end as division_id
    from {{ ref('kpi_inventory_turnover') }}
    where scope_type in ('category', 'location', 'region', 'division', 'company')
),

returns as (
    select * from {{ ref('kpi_gmroii') }}
),

cash_cycles as (
    select * from {{ ref('int_service__cash_cycle_month') }}
),

losses as (
    select * from {{ ref('kpi_stockout_frequency') }}
),

rates as (
    {{ policy_as_of(
        [
            'days_on_hand_target', 'cash_saving_rate', 'carrying_capital_rate', 'carrying_storage_rate',
            'carrying_service_rate', 'carrying_risk_rate'
        ],
        over='turnover', as_of='last_day_date',
        scopes={'category': 'category_id', 'location': 'location_id', 'division': 'division_id'}
    ) }}
),

joined as (
    select
        turnover.scope_type,
        turnover.scope_id,
        turnover.month_start_date,
        turnover.last_day_date,
        turnover.is_month_closed,
        turnover.closing_amount,
        turnover.cogs_90_amount,
        turnover.doh_90_days,
        turnover.doh_90_reason,
        turnover.doh_365_days,
        turnover.turnover_reason,
        rates.days_on_hand_target,
        case
            when turnover.doh_90_reason is null
                then
                    {{ kpi_wc_release(
                        'turnover.closing_amount', 'turnover.cogs_90_amount', 90, 'rates.days_on_hand_target'
                    ) }}
        end as wc_release_amount,
        rates.cash_saving_rate,
        cast(
            rates.carrying_capital_rate + rates.carrying_storage_rate + rates.carrying_service_rate
            + rates.carrying_risk_rate as decimal(18, 6)
        ) as carrying_rate,
        case
            when turnover.scope_type in ('category', 'location', 'region') then 'not_kept'
            when cash_cycles.month_start_date is null then 'no_books'
            when not cash_cycles.is_year_complete then 'short_history'
            else turnover.turnover_reason
        end as cash_reason,
        {{ kpi_balance_days('cash_cycles.receivable_amount', 'cash_cycles.net_sales_amount') }} as dso_365_days,
        {{ kpi_balance_days('cash_cycles.payable_amount', 'cash_cycles.cogs_amount') }} as dpo_365_days,
        coalesce(losses.lost_qty, 0) as lost_qty,
        coalesce(losses.lost_margin_amount, 0) as lost_margin_amount,
        returns.month_gross_margin_amount,
        case
            when returns.gmroii_month_reason is not null then returns.gmroii_month_reason
            when losses.lost_qty > 0 and losses.lost_margin_amount is null then 'no_price'
        end as margin_reason,
        returns.gross_margin_ratio,
        returns.sales_to_stock_ratio,
        returns.gmroii_ratio,
        returns.gmroii_reason,
        turnover.cost_coverage_ratio,
        turnover.is_low_cost_coverage
    from turnover
    inner join rates using (last_day_date, category_id, location_id, division_id)
    left join returns using (scope_type, scope_id, month_start_date)
    left join cash_cycles using (scope_type, scope_id, month_start_date)
    left join losses using (scope_type, scope_id, month_start_date)
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        last_day_date,
        is_month_closed,
        closing_amount,
        cogs_90_amount,
        doh_90_days,
        days_on_hand_target as doh_90_target_days,
        wc_release_amount,
        {{ kpi_outcome_ratio('wc_release_amount', 'closing_amount') }} as wc_release_ratio,
        coalesce(doh_90_reason, case when closing_amount <= 0 then 'no_stock' end) as wc_release_reason,
        cash_saving_rate,
        {{ kpi_yearly_saving('wc_release_amount', 'cash_saving_rate') }} as cash_saving_amount,
        carrying_rate,
        {{ kpi_yearly_saving('wc_release_amount', 'carrying_rate') }} as carrying_saving_amount,
        doh_365_days as dio_365_days,
        case when cash_reason is null then dso_365_days end as dso_365_days,
        case when cash_reason is null then dpo_365_days end as dpo_365_days,
        case when cash_reason is null then {{ kpi_cash_to_cash('doh_365_days', 'dso_365_days', 'dpo_365_days') }} end
            as cash_to_cash_days,
        coalesce(
            cash_reason,
            case when doh_365_days is null or dso_365_days is null or dpo_365_days is null then 'no_sales' end
        ) as cash_to_cash_reason,
        lost_qty,
        case when margin_reason is null then cast(lost_margin_amount as decimal(24, 4)) end as lost_margin_amount,
        case when margin_reason is null then month_gross_margin_amount end as month_gross_margin_amount,
        case
            when margin_reason is null
                then {{ kpi_outcome_ratio('lost_margin_amount', 'lost_margin_amount + month_gross_margin_amount') }}
        end as lost_margin_ratio,
        coalesce(
            margin_reason, case when lost_margin_amount + month_gross_margin_amount <= 0 then 'no_margin' end
        ) as lost_margin_reason,
        gross_margin_ratio,
        sales_to_stock_ratio,
        gmroii_ratio,
        gmroii_reason,
        cost_coverage_ratio,
        is_low_cost_coverage
    from joined
)

select * from final
