with quarantined_rows as (
    select * from {{ ref('stg_unified__quarantined_row') }}
),

final as (
    select
        landed_file,
        coalesce(file_row_number, 0) as file_row_number,
        batch_id,
        source,
        instance,
        entity,
        held_back_by,
        rule_id,
        message,
        row_count,
        raw_row
    from quarantined_rows
)

select * from final
