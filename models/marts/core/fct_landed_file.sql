-- What the warehouse landed about itself is left out: it grows when the same batches are built again.
with landed_files as (
    select * from {{ ref('stg_unified__landed_file') }}
    where
        source <> 'audit'
        or entity not in (
            'validation_results', 'validation_locations', 'ingestion_runs', 'kpi_values', 'closed_kpi_values',
            'record_flags'
        )
),

final as (
    select
        landed_file,
        batch_id,
        source,
        instance,
        entity,
        extracted_at,
        row_count,
        loaded_row_count,
        deduplicated_row_count,
        quarantined_row_count,
        unaccounted_row_count,
        file_rule
    from landed_files
)

select * from final
