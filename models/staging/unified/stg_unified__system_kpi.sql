-- What the ERP says its turnover and GMROII are, with the scope in our own words.
with system_kpis as (
    select * from {{ ref('stg_erp__system_kpis') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

ranked as (
    {{ latest_extracts(
        'system_kpis', ['division_code', 'kpi_id', 'scope_type', 'scope_code', 'period_start_date', 'period_end_date']
    ) }}
),

final as (
    select
        ranked.division_code,
        ranked.kpi_id,
        ranked.scope_type,
        ranked.scope_code,
        case ranked.scope_type
            when 'division' then ranked.division_code
            when 'location' then locations.location_id
            when 'item' then crosswalk.sku_id
            else {{ normalised_text('ranked.scope_code') }}
        end as scope_id,
        case when ranked.scope_type = 'item' then ranked.scope_code end as item_code,
        ranked.period_start_date,
        ranked.period_end_date,
        ranked.reported_rate,
        ranked.reported_at,
        case
            when ranked.scope_type = 'location' and locations.location_id is null then 'unknown_location'
            when ranked.scope_type = 'item' and crosswalk.sku_id is null then 'unknown_item'
        end as quarantine_rule,
        {{ lineage_columns('ranked') }}
    from ranked
    left join locations
        on
            ranked.division_code = locations.division_code
            and ranked.scope_code = locations.location_code
    left join crosswalk
        on
            ranked.division_code = crosswalk.division_code
            and ranked.scope_code = crosswalk.item_code
            and coalesce(crosswalk.is_current, true)
)

select * from final
