-- Cost of holding by component. Amounts add up over records of a scope and month; the ratios are taken after the sum.
with costed as (
    select * from {{ ref('int_lag__holding_cost') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

{% set components = ['capital', 'storage', 'service', 'risk'] %}
summed as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        costed.month_start_date,
        costed.last_day_date,
        costed.is_month_closed,
        {%- for measure in ['value_days', 'cogs_amount', 'qty_days', 'known_cost_qty_days', 'm3_days'] %}
        cast(sum(costed.{{ measure }}) as decimal(24, 4)) as {{ measure }},
        {%- endfor %}
        {%- for component in components %}
        cast(sum(costed.{{ component }}_amount) as decimal(24, 4)) as {{ component }}_amount,
        {%- endfor %}
        max(costed.known_day_count) as known_day_count
    from costed
    inner join stock_scopes
        on
            costed.sku_id = stock_scopes.sku_id
            and costed.location_id = stock_scopes.location_id
    group by
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        costed.month_start_date,
        costed.last_day_date,
        costed.is_month_closed
),

scope_policy as (
    {{ policy_as_of(['min_cost_coverage'], over='summed', as_of='last_day_date') }}
),

totalled as (
    select
        summed.*,
        scope_policy.min_cost_coverage,
        summed.capital_amount + summed.storage_amount + summed.service_amount + summed.risk_amount as total_amount,
        {{ divide('summed.known_cost_qty_days', 'summed.qty_days') }} as cost_coverage_ratio
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
        value_days,
        m3_days,
        {{ divide('value_days', 'known_day_count', 4) }} as avg_inventory_amount,
        capital_amount,
        storage_amount,
        service_amount,
        risk_amount,
        cast(total_amount as decimal(24, 4)) as carrying_cost_amount,
        {{ kpi_carrying_cost_ratio('total_amount', 'value_days') }} as carrying_cost_ratio,
        case
            when value_days is null then 'no_cost'
            when value_days = 0 then 'no_stock'
        end as carrying_cost_reason,
        cogs_amount,
        case when cogs_amount > 0 then {{ divide('total_amount', 'cogs_amount') }} end as carrying_cost_to_cogs_ratio,
        case when cogs_amount is null then 'no_cost' when cogs_amount <= 0 then 'no_sales' end
            as carrying_cost_to_cogs_reason,
        cost_coverage_ratio,
        coalesce(cost_coverage_ratio < min_cost_coverage, false) as is_low_cost_coverage
    from totalled
)

select * from final
