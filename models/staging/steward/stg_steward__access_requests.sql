with source as (
    select * from {{ source('steward', 'access_requests') }}
),

final as (
    select
        _instance as team,
        request_id,
        role as role_id,
        domain as data_domain,
        purpose,
        requested_by,
        requested_at,
        owner_consent_at,
        receiver_consent_at,
        conditions,
        status as request_status,
        expires_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
