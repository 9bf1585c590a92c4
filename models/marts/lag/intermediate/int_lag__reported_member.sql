-- The stock records of each scope that an ERP reports on: a category or an item of a division is its own records alone.
with system_kpis as (
    select
        *,
        case scope_type when 'item' then 'sku' else scope_type end as stock_scope_type
    from {{ ref('fct_system_kpi') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

final as (
    select distinct
        system_kpis.division_code,
        system_kpis.scope_type,
        system_kpis.scope_id,
        stock_scopes.sku_id,
        stock_scopes.location_id
    from system_kpis
    inner join stock_scopes
        on system_kpis.stock_scope_type = stock_scopes.scope_type and system_kpis.scope_id = stock_scopes.scope_id
    inner join stock_records
        on
            system_kpis.division_code = stock_records.division_code
            and stock_scopes.sku_id = stock_records.sku_id
            and stock_scopes.location_id = stock_records.location_id
)

select * from final
