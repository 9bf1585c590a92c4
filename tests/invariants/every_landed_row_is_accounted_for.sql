-- I6: rows in = loaded + deduplicated + quarantined, for every file of every source, and each row counted as
-- quarantined has its record with the reason. A row names a file whose rows do not add up.
with files as (
    select * from {{ ref('stg_unified__landed_file') }}
),

rejected_rows as (
    select * from {{ ref('stg_audit__quarantined_rows') }}
),

rejected_counts as (
    select
        landed_file,
        sum(row_count) as rejected_row_count
    from rejected_rows
    group by landed_file
),

final as (
    select
        files.landed_file,
        files.source,
        files.row_count,
        files.loaded_row_count,
        files.deduplicated_row_count,
        files.quarantined_row_count,
        rejected_counts.rejected_row_count
    from files
    left join rejected_counts on files.landed_file = rejected_counts.landed_file
    where
        files.row_count
        <> files.loaded_row_count + files.deduplicated_row_count + files.quarantined_row_count
        or least(files.loaded_row_count, files.deduplicated_row_count, files.quarantined_row_count) < 0
        or files.quarantined_row_count <> coalesce(rejected_counts.rejected_row_count, 0)
)

select * from final
