with deliveries as (
    select * from {{ ref('fct_delivery_account') }}
),

final as (
    select
        site_code as instance,
        accepted_row_count as rows_accepted,
        ledger_event_count as rows_in_ledger,
        duplicate_row_count + superseded_row_count as rows_superseded,
        quarantined_row_count as rows_quarantined,
        unaccounted_row_count as rows_unaccounted
    from deliveries
)

select * from final
