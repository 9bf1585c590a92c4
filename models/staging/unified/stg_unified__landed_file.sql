with file_accounts as (
    select * from {{ ref('stg_audit__file_accounts') }}
),

final as (
    select
        landed_file,
        batch_id,
        source,
        instance,
        entity,
        extracted_at,
        rows_in as row_count,
        rows_loaded as loaded_row_count,
        rows_deduplicated as deduplicated_row_count,
        rows_quarantined as quarantined_row_count,
        rows_in - rows_loaded - rows_deduplicated - rows_quarantined as unaccounted_row_count,
        file_rule
    from file_accounts
)

select * from final
