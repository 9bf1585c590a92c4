with source as (
    select * from {{ source('wms', 'count_tasks') }}
),

final as (
    select
        _instance as site_code,
        task_id,
        item_code,
        bin as bin_code,
        trigger as count_trigger,
        created_at,
        due_at,
        done_at,
        count_id,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
