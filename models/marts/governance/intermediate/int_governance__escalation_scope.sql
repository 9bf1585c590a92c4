-- The scopes in which a measure escalates: those that have a level. A segment is a category at a location.
with levels as (
    select distinct
        measure_id,
        scope_type
    from {{ ref('escalation_levels') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

scopes as (
    select
        sku_id,
        location_id,
        scope_type,
        scope_id
    from stock_scopes

    union all

    select
        sku_id,
        location_id,
        'location_category' as scope_type,
        location_id || '|' || category as scope_id
    from stock_records
),

-- A member of a scope that spans locations or categories has none of its own.
final as (
    select
        levels.measure_id,
        scopes.scope_type,
        scopes.scope_id,
        scopes.sku_id,
        scopes.location_id,
        case
            when scopes.scope_type in ('sku_location', 'location_category', 'location') then scopes.location_id
            else '-'
        end as scope_location,
        case
            when scopes.scope_type in ('location', 'region', 'division', 'company') then '-'
            else stock_records.category
        end as scope_category
    from scopes
    inner join levels on scopes.scope_type = levels.scope_type
    inner join stock_records
        on
            scopes.sku_id = stock_records.sku_id
            and scopes.location_id = stock_records.location_id
)

select * from final
