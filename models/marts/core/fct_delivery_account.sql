with deliveries as (
    select * from {{ ref('stg_unified__delivery_account') }}
),

movements as (
    select * from {{ ref('fct_stock_movement') }}
    where is_current_version
),

-- Counted in the ledger itself, not where the rows were sent: a row lost on the way shows as unaccounted.
ledger_counts as (
    select
        site_code,
        count(distinct event_id) as ledger_event_count
    from movements
    group by site_code
),

final as (
    select
        deliveries.site_code,
        deliveries.accepted_row_count,
        coalesce(ledger_counts.ledger_event_count, 0) as ledger_event_count,
        deliveries.duplicate_row_count,
        deliveries.superseded_row_count,
        deliveries.quarantined_row_count,
        deliveries.accepted_row_count
        - coalesce(ledger_counts.ledger_event_count, 0)
        - deliveries.duplicate_row_count
        - deliveries.superseded_row_count
        - deliveries.quarantined_row_count as unaccounted_row_count
    from deliveries
    left join ledger_counts on deliveries.site_code = ledger_counts.site_code
)

select * from final
