with rejections as (
    select * from {{ ref('fct_row_rejection') }}
),

final as (
    select
        landed_file,
        file_row_number,
        batch_id,
        source,
        instance,
        entity,
        held_back_by,
        rule_id,
        message,
        row_count,
        raw_row
    from rejections
)

select * from final
