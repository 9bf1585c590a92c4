-- Every amount adds up over the records of a scope; opening plus all steps is closing, exactly.
{%- set steps = bridge_flow_steps() + [
    'transfer', 'in_transit', 'price', 'negative', 'fx', 'uncosted', 'residual'
] %}
with records as (
    select * from {{ ref('int_lag__bridge_record_month') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

summed as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        records.month_start_date,
        records.last_day_date,
        records.is_month_closed,
        {%- for amount in ['opening'] + steps + ['closing'] %}
        cast(sum(records.{{ amount }}_amount) as decimal(24, 6)) as {{ amount }}_amount,
        {%- endfor %}
        cast(sum(abs(records.uncosted_amount) + abs(records.residual_amount)) as decimal(24, 4)) as unexplained_amount,
        cast(
            sum(records.opening_amount + records.opening_balance_amount + records.receipt_amount) as decimal(24, 4)
        ) as available_amount,
        {{ divide('sum(records.known_cost_qty_days)', 'sum(records.qty_days)') }} as cost_coverage_ratio,
        bool_and(records.is_uncosted) as is_all_uncosted,
        cast(count(*) filter (where records.is_uncosted) as integer) as uncosted_record_count
    from records
    inner join stock_scopes
        on
            records.sku_id = stock_scopes.sku_id
            and records.location_id = stock_scopes.location_id
    group by
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        records.month_start_date,
        records.last_day_date,
        records.is_month_closed
),

scope_policy as (
    {{ policy_as_of(['min_cost_coverage'], over='summed', as_of='last_day_date') }}
),

covered as (
    select
        summed.*,
        scope_policy.min_cost_coverage
    from summed
    inner join scope_policy using (last_day_date)
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        last_day_date,
        is_month_closed,
        {%- for amount in ['opening'] + steps + ['closing'] %}
        {{ amount }}_amount,
        {%- endfor %}
        unexplained_amount,
        available_amount,
        case when not is_all_uncosted then {{ kpi_unexplained_ratio('unexplained_amount', 'available_amount') }} end
            as unexplained_ratio,
        {{ kpi_unexplained_reason('available_amount', 'is_all_uncosted') }} as unexplained_reason,
        cost_coverage_ratio,
        coalesce(cost_coverage_ratio < min_cost_coverage, false) as is_low_cost_coverage,
        uncosted_record_count
    from covered
)

select * from final
