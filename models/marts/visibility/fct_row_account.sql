with landed_files as (
    select
        *,
        cast(extracted_at as date) as extracted_date
    from {{ ref('fct_landed_file') }}
),

file_policy as (
    {{ policy_as_of(['max_quarantined_ratio'], over='landed_files', as_of='extracted_date') }}
),

final as (
    select
        landed_files.landed_file as file,
        landed_files.batch_id,
        landed_files.source,
        landed_files.instance,
        landed_files.entity,
        landed_files.row_count as rows_in,
        landed_files.loaded_row_count as rows_loaded,
        landed_files.deduplicated_row_count as rows_deduplicated,
        landed_files.quarantined_row_count as rows_quarantined,
        landed_files.unaccounted_row_count as rows_unaccounted,
        -- A file that broke a rule as a whole counts as held back in full, even an empty one.
        case
            when landed_files.file_rule is not null then cast(1 as decimal(24, 6))
            else coalesce({{ divide('landed_files.quarantined_row_count', 'landed_files.row_count') }}, 0)
        end as quarantined_ratio,
        file_policy.max_quarantined_ratio,
        landed_files.file_rule
    from landed_files
    left join file_policy on landed_files.extracted_date = file_policy.extracted_date
)

select * from final
