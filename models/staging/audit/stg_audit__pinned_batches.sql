with source as (
    select * from {{ source('audit', 'pinned_batches') }}
),

final as (
    select
        batch_id,
        source,
        instance,
        entity,
        extracted_at,
        manifest_hash
    from source
)

select * from final
