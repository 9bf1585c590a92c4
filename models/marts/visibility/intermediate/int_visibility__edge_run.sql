-- How long the edge builds of a site took, one run per generation.
with runs as (
    select * from {{ ref('fct_ingestion_run') }}
    where path_code = 'edge'
),

feeds as (
    select distinct
        batch_id,
        instance
    from {{ ref('fct_landed_file') }}
),

edge_runs as (
    select
        feeds.instance as site_code,
        runs.generation,
        max(runs.run_seconds) as run_seconds
    from runs
    inner join feeds on runs.batch_id = feeds.batch_id
    group by feeds.instance, runs.generation
),

final as (
    select
        site_code,
        count(*) as edge_run_count,
        cast(ceil({{ quantile_observed('run_seconds', 0.95) }}) as bigint) as edge_build_p95_seconds
    from edge_runs
    group by site_code
)

select * from final
