-- The audits in their order: by the cut-off they spoke of, then by the generation that was published of them; of what
-- was published without new batches, or not at all, no generation is known, and it comes last. A build reads the audits
-- before it, never its own.
with results as (
    select * from {{ ref('fct_audit_result') }}
),

runs as (
    select * from {{ ref('fct_ingestion_run') }}
),

-- The name of a generation ends with the first digits of its content's hash.
generations as (
    select
        split_part(generation, '-', 2) as short_hash,
        min(generation) as generation
    from runs
    group by split_part(generation, '-', 2)
),

audits as (
    select
        content_hash,
        max(as_of_at) as as_of_at
    from results
    group by content_hash
),

final as (
    select
        audits.content_hash,
        audits.as_of_at,
        generations.generation,
        cast(row_number() over (
            order by audits.as_of_at, coalesce(generations.generation, '~'), audits.content_hash
        ) as integer) as audit_number
    from audits
    left join generations on audits.content_hash like generations.short_hash || '%'
)

select * from final
