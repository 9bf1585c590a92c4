{{ config(materialized='batches') }}
-- What each batch of movements tells of: an increment knows which batches to look in, a calendar how far to reach, and
-- a full build how much it can do at once.
with batches as (
    select * from {{ ref('stg_audit__pinned_batches') }}
    where source = 'wms' and entity = 'movements'
),

movements as (
    select * from {{ ref('stg_wms__movements') }}
    where {{ kernel_scope() }}
),

told as (
    select
        _meta_batch_id as batch_id,
        cast(date_trunc('month', occurred_at) as date) as month_start_date,
        count(*) as delivery_count,
        min(least(occurred_at, recorded_at)) as earliest_at,
        max(greatest(occurred_at, recorded_at)) as latest_at
    from movements
    group by _meta_batch_id, cast(date_trunc('month', occurred_at) as date)
),

final as (
    select
        batches.batch_id,
        batches.instance as site_code,
        batches.extracted_at,
        told.month_start_date,
        coalesce(told.delivery_count, 0) as delivery_count,
        told.earliest_at,
        told.latest_at
    from batches
    left join told on batches.batch_id = told.batch_id
)

select * from final
