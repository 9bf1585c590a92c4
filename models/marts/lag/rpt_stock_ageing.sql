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
        {%- for sum_name, expression in {
            'stock_amount': 'layers.layer_amount',
            'aged_amount': 'case when layers.is_aged then layers.layer_amount else 0 * layers.layer_amount end',
            'provision_amount': 'layers.provision_amount',
            'layer_qty': 'layers.layer_qty',
        }.items() %}
        cast(sum({{ expression }}) as decimal(24, 4)) as {{ sum_name }},
        {%- endfor %}
        cast(sum(case when layers.is_known_cost then layers.layer_qty else 0 end) as decimal(24, 4)) as known_cost_qty
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
        summed.aged_amount,
        summed.provision_amount,
        {{ kpi_stock_share('summed.aged_amount', 'summed.stock_amount') }} as aged_stock_ratio,
        {{ kpi_stock_share_reason('summed.stock_amount') }} as aged_stock_reason,
        {{ divide('summed.known_cost_qty', 'summed.layer_qty') }} as cost_coverage_ratio,
        summed.known_cost_qty < scope_policy.min_cost_coverage * summed.layer_qty as is_low_cost_coverage
    from summed
    inner join scope_policy using (as_of_date)
)

select * from final
