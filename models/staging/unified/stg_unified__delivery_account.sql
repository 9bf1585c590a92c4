-- Where every accepted movement went: into the ledger, out as a redelivery, or held back. Equal to the rows accepted.
with accepted as (
    select * from {{ ref('stg_wms__movements') }}
),

deliveries as (
    select * from {{ ref('stg_unified__movement') }}
),

accepted_counts as (
    select
        site_code,
        count(*) as accepted_row_count
    from accepted
    group by site_code
),

delivery_counts as (
    select
        site_code,
        count(*) filter (where delivery_status = 'ledger') as ledger_row_count,
        count(*) filter (where delivery_status = 'duplicate') as duplicate_row_count,
        count(*) filter (where delivery_status = 'superseded') as superseded_row_count,
        count(*) filter (where delivery_status = 'quarantined') as quarantined_row_count
    from deliveries
    group by site_code
),

final as (
    select
        accepted_counts.site_code,
        accepted_counts.accepted_row_count,
        coalesce(delivery_counts.ledger_row_count, 0) as ledger_row_count,
        coalesce(delivery_counts.duplicate_row_count, 0) as duplicate_row_count,
        coalesce(delivery_counts.superseded_row_count, 0) as superseded_row_count,
        coalesce(delivery_counts.quarantined_row_count, 0) as quarantined_row_count
    from accepted_counts
    left join delivery_counts on accepted_counts.site_code = delivery_counts.site_code
)

select * from final
