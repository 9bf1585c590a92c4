-- Value taken off stock. A reversal carries the sign that gives it back, so that sums are net.
with write_offs as (
    select * from {{ ref('stg_erp__write_offs') }}
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
    {{ latest_extracts('write_offs', ['division_code', 'write_off_number']) }}
),

final as (
    select
        ranked.division_code,
        ranked.write_off_number,
        ranked.item_code,
        crosswalk.sku_id,
        locations.location_id,
        coalesce(ranked.lot_code, '-') as lot_code,
        ranked.write_off_kind,
        ranked.reason,
        {{ base_quantity('ranked.write_off_qty * case when ranked.is_reversal then -1 else 1 end') }} as write_off_qty,
        cast(ranked.write_off_amount * case when ranked.is_reversal then -1 else 1 end as decimal(18, 6))
            as source_write_off_amount,
        ranked.currency,
        ranked.posted_at,
        {{ business_date('ranked.posted_at', "coalesce(locations.time_zone, 'UTC')") }} as posted_date,
        cast(
            date_trunc('month', {{ business_date('ranked.posted_at', "coalesce(locations.time_zone, 'UTC')") }}) as date
        ) as month_start_date,
        coalesce(ranked.is_reversal, false) as is_reversal,
        ranked.reverses_number,
        {{ unknown_member_rule('locations.location_id') }} as quarantine_rule,
        {{ lineage_columns('ranked') }}
    from ranked
    {{ join_location('ranked') }}
    {{ join_item_units('ranked', 'ranked.division_code', at='ranked.posted_at') }}
)

select * from final
