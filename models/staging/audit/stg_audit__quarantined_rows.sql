with source as (
    select * from {{ source('audit', 'quarantined_rows') }}
),

final as (
    select
        file as landed_file,
        row_number as file_row_number,
        batch_id,
        source,
        instance,
        entity,
        extracted_at,
        rule,
        message,
        row_count,
        raw_row
    from source
)

select * from final
