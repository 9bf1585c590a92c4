-- Aged stock of every roll-up: amounts of the layers are summed first, the ratios taken after.
with layers as (
    select * from {{ ref('kpi_stock_ageing') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

summed as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        layers.as_of_date,
        cast(sum(layers.layer_amount) as decimal(24, 4)) as stock_amount,
        cast(coalesce(sum(layers.layer_amount) filter (where layers.is_aged), 0) as decimal(24, 4)) as aged_amount,
        cast(sum(layers.provision_amount) as decimal(24, 4)) as provision_amount,
        cast(sum(layers.layer_qty) as decimal(24, 4)) as layer_qty,
        cast(coalesce(sum(layers.layer_qty) filter (where layers.is_known_cost), 0) as decimal(24, 4)) as known_cost_qty
    from layers
    inner join stock_scopes using (sku_id, location_id)
    group by stock_scopes.scope_type, stock_scopes.scope_id, layers.as_of_date
),

scope_policy as (
    {{ policy_as_of(['min_cost_coverage'], over='summed', as_of='as_of_date') }}
),

final as (
    select
        summed.scope_type,
        summed.scope_id,
        summed.as_of_date,
        summed.stock_amount,
        case when summed.stock_amount is not null then summed.aged_amount end as aged_amount,
        summed.provision_amount,
        {{ kpi_stock_share('summed.aged_amount', 'summed.stock_amount') }} as aged_stock_ratio,
        case
            when summed.stock_amount is null then 'no_cost'
            when summed.stock_amount = 0 then 'no_stock'
        end as aged_stock_reason,
        {{ divide('summed.known_cost_qty', 'summed.layer_qty') }} as cost_coverage_ratio,
        coalesce(
            {{ divide('summed.known_cost_qty', 'summed.layer_qty') }} < scope_policy.min_cost_coverage, false
        ) as is_low_cost_coverage
    from summed
    inner join scope_policy using (as_of_date)
)

select * from final
