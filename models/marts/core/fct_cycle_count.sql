with counts as (
    select * from {{ ref('stg_unified__cycle_count') }}
    where quarantine_rule is null
),

system_positions as (
    select * from {{ ref('int_core__count_position') }}
),

recounted as (
    select distinct
        site_code,
        recount_of as count_id
    from counts
    where recount_of is not null
),

final as (
    select
        counts.site_code || '/' || counts.count_id as cycle_count_id,
        counts.sku_id,
        counts.location_id,
        coalesce(counts.bin_code, '-') as bin_code,
        counts.lot_code,
        counts.book_qty,
        counts.counted_qty,
        cast(counts.counted_qty - counts.book_qty as decimal(18, 4)) as variance_qty,
        system_positions.system_qty,
        cast(counts.counted_qty - system_positions.system_qty as decimal(18, 4)) as adjustment_qty,
        case
            when counts.bin_code is not null then 'bin_level'
            when system_positions.system_qty is null then 'no_ledger'
        end as adjustment_reason,
        counts.counted_at,
        counts.counted_date,
        counts.count_trigger,
        counts.is_blind,
        counts.recount_of,
        counts.site_code || '/' || counts.recount_of as recounted_cycle_count_id,
        recounted.count_id is not null as was_recounted,
        counts.root_cause
    from counts
    left join system_positions using (site_code, count_id)
    left join recounted using (site_code, count_id)
)

select * from final
