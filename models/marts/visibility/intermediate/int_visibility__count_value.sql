-- What counting each record is worth: the chance of a phantom times the money that its correction sets right (stock
-- believed in, margin on the demand that it would go on blocking), less what a count costs.
with records as (
    select * from {{ ref('fct_stock_record') }}
),

chances as (
    select * from {{ ref('int_visibility__phantom_chance') }}
),

statistics as (
    select * from {{ ref('fct_demand_statistic') }}
),

prices as (
    select * from {{ ref('int_visibility__company_price') }}
),

value_policy as (
    {{ policy_as_of(
        ['count_cost', 'phantom_block_days', 'phantom_likely_probability'],
        over='records', as_of='as_of_date', scopes={'abc_class': 'abc_class', 'location': 'location_id'}
    ) }}
),

joined as (
    select
        records.sku_id,
        records.location_id,
        records.on_hand_amount,
        chances.phantom_probability,
        value_policy.count_cost,
        chances.phantom_probability >= value_policy.phantom_likely_probability as is_likely_phantom,
        {{ kpi_blocked_margin(
            'records.on_hand_qty', 'coalesce(statistics.mean_daily_qty, 0)', 'value_policy.phantom_block_days',
            'prices.price_amount - records.unit_cost_amount'
        ) }} as blocked_margin_amount
    from records
    inner join value_policy using (as_of_date, abc_class, location_id)
    inner join chances using (sku_id, location_id)
    left join statistics using (sku_id, location_id)
    left join prices
        on
            records.sku_id = prices.sku_id
            and records.division_code = prices.division_code
),

final as (
    select
        sku_id,
        location_id,
        is_likely_phantom,
        blocked_margin_amount,
        {{ kpi_count_value(
            'phantom_probability', 'on_hand_amount', 'coalesce(blocked_margin_amount, 0)', 'count_cost'
        ) }} as count_value_amount,
        case when on_hand_amount is null then 'no_cost' when blocked_margin_amount is null then 'no_price' end
            as count_value_reason
    from joined
)

select * from final
