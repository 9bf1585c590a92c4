with audits as (
    select * from {{ ref('stg_audit__physical_audits') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

uom_factors as (
    select * from {{ ref('stg_unified__uom_factor') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

ranked as (
    {{ latest_extracts('audits', ['auditor', 'audit_id']) }}
),

final as (
    select
        ranked.auditor,
        ranked.audit_id,
        ranked.division_code,
        ranked.item_code,
        crosswalk.sku_id,
        locations.location_id,
        coalesce(ranked.lot_code, '-') as lot_code,
        {{ base_quantity('ranked.audited_qty') }} as audited_qty,
        ranked.audited_at,
        {{ business_date('ranked.audited_at', "coalesce(locations.time_zone, 'UTC')") }} as audited_date,
        {{ unknown_member_rule('locations.location_id') }} as quarantine_rule,
        {{ lineage_columns('ranked') }}
    from ranked
    {{ join_location('ranked') }}
    {{ join_item_units('ranked', 'ranked.division_code', at='ranked.audited_at') }}
)

select * from final
