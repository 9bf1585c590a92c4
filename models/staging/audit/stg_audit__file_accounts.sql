with source as (
    select * from {{ source('audit', 'file_accounts') }}
),

final as (
    select
        file as landed_file,
        batch_id,
        source,
        instance,
        entity,
        extracted_at,
        rows_in,
        rows_loaded,
        rows_deduplicated,
        rows_quarantined,
        file_rule
    from source
)

select * from final
