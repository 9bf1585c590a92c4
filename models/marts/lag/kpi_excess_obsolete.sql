-- What of the stock at the cut-off is flagged as obsolete, and what it may be carried at: cost or, where lower, what
-- it brings.
with stock as (
    select * from {{ ref('int_lag__stock_now') }}
    where on_hand_qty > 0
),

phase_outs as (
    select * from {{ ref('dim_sku_phase_out') }}
),

last_moves as (
    select * from {{ ref('int_lag__last_move') }}
),

statistics as (
    select * from {{ ref('fct_demand_statistic') }}
),

realised_prices as (
    select * from {{ ref('int_lag__realised_price') }}
),

list_prices as (
    select * from {{ ref('fct_list_price') }}
),

write_downs as (
    select * from {{ ref('int_lag__standing_write_down') }}
),

stock_policy as (
    {{ policy_as_of(
        ['obsolete_days', 'superseded_demand_days', 'obsolete_cover_months', 'nrv_completion_ratio', 'nrv_selling_ratio',
         'accounting_framework:text'],
        over='stock', as_of='as_of_date', scopes={'category': 'category'}
    ) }}
),

joined as (
    select
        stock.*,
        coalesce(phase_outs.is_superseded, false) as is_superseded,
        {{ days_between('last_moves.last_demand_date', 'stock.as_of_date') }} as days_since_demand,
        {{ days_between('last_moves.last_move_date', 'stock.as_of_date') }} as days_since_move,
        {{ kpi_cover_days('stock.on_hand_qty', 'statistics.mean_daily_qty') }} as cover_days,
        coalesce(realised_prices.realised_unit_amount, list_prices.list_price_amount) as price_amount,
        case
            when realised_prices.realised_unit_amount is not null then 'invoices'
            when list_prices.list_price_amount is not null then 'list'
        end as price_source,
        coalesce(write_downs.written_down_amount, 0) as written_down_amount,
        stock_policy.obsolete_days,
        stock_policy.superseded_demand_days,
        {{ kpi_months_as_days('stock_policy.obsolete_cover_months') }} as cover_limit_days,
        stock_policy.nrv_completion_ratio,
        stock_policy.nrv_selling_ratio,
        stock_policy.accounting_framework
    from stock
    inner join stock_policy using (as_of_date, category)
    left join phase_outs using (division_code, sku_id)
    left join last_moves using (sku_id, location_id)
    left join statistics using (sku_id, location_id)
    left join realised_prices using (division_code, sku_id)
    left join list_prices using (division_code, sku_id)
    left join write_downs using (sku_id, location_id)
),

{% set flag_inputs = [
    'is_superseded', 'days_since_demand', 'superseded_demand_days', 'days_since_move', 'obsolete_days', 'cover_days',
    'cover_limit_days'
] %}
flagged as (
    select
        *,
        {{ kpi_obsolete_flag('expired_qty > 0', *flag_inputs) }} as obsolete_flag,
        {{ kpi_obsolete_flag('false', *flag_inputs) }} as remaining_flag,
        {{ kpi_net_realisable('price_amount', 'nrv_completion_ratio', 'nrv_selling_ratio') }} as net_realisable_amount
    from joined
),

compared as (
    select
        *,
        case when remaining_flag is not null then on_hand_qty else expired_qty end as flagged_qty,
        {{ kpi_nrv_shortfall('on_hand_qty', 'unit_cost_amount', 'net_realisable_amount') }} as shortfall_amount
    from flagged
),

adjusted as (
    select
        *,
        {{ product('flagged_qty', 'unit_cost_amount', 4) }} as flagged_amount,
        {{ kpi_nrv_write_down('written_down_amount', 'shortfall_amount') }} as nrv_write_down_amount,
        {{ kpi_nrv_reversal(
            'written_down_amount', 'shortfall_amount', "price_source = 'invoices'", 'accounting_framework'
        ) }} as nrv_reversal_amount
    from compared
),

final as (
    select
        sku_id,
        location_id,
        as_of_date,
        division_code,
        category,
        abc_class,
        on_hand_qty,
        unit_cost_amount,
        is_known_cost,
        on_hand_amount,
        expired_qty,
        cast(days_since_move as integer) as days_since_move,
        cast(days_since_demand as integer) as days_since_demand,
        cover_days,
        obsolete_flag,
        cast(flagged_qty as decimal(18, 4)) as flagged_qty,
        cast(flagged_amount as decimal(24, 4)) as flagged_amount,
        price_source,
        net_realisable_amount,
        shortfall_amount,
        written_down_amount,
        cast(nrv_write_down_amount as decimal(24, 4)) as nrv_write_down_amount,
        cast(nrv_reversal_amount as decimal(24, 4)) as nrv_reversal_amount,
        cast(on_hand_amount - written_down_amount - nrv_write_down_amount + nrv_reversal_amount as decimal(24, 4))
            as carrying_amount,
        case when unit_cost_amount is null then 'no_cost' when net_realisable_amount is null then 'no_price' end
            as nrv_reason
    from adjusted
)

select * from final
