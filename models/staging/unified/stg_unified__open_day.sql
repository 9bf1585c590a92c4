{{ config(materialized='table') }}
-- What was still open when each batch of movements was extracted. Books close in order: with a day all days before it
-- are closed. A day is closed for a batch once the batch was extracted on a later business day than the last open one.
with sites as (
    select * from {{ ref('stg_unified__site_start') }}
),

batches as (
    select distinct
        instance as site_code,
        extracted_at
    from {{ ref('stg_audit__pinned_batches') }}
    where source = 'wms' and entity = 'movements'
),

close_days as (
    select * from {{ ref('stg_unified__close_day') }}
),

extractions as (
    select
        batches.site_code,
        batches.extracted_at,
        sites.time_zone,
        sites.first_extracted_at,
        {{ business_date('batches.extracted_at', 'sites.time_zone') }} as extracted_date
    from batches
    left join sites on batches.site_code = sites.site_code
),

-- The calendar and the extractions on one line of time; on one date the extraction comes before the close.
timeline as (
    select
        site_code,
        closes_on_date as on_date,
        event_date as closing_date,
        1 as is_after,
        cast(null as timestamp) as extracted_at
    from close_days

    union all

    select
        site_code,
        extracted_date as on_date,
        cast(null as date) as closing_date,
        0 as is_after,
        extracted_at
    from extractions
),

opened as (
    select
        site_code,
        extracted_at,
        {{ add_days('max(closing_date) over (partition by site_code order by on_date, is_after)', 1) }}
            as open_from_date
    from timeline
),

final as (
    select
        extractions.site_code,
        extractions.extracted_at,
        opened.open_from_date,
        {{ moment_on_day('opened.open_from_date', 'extractions.time_zone', 'extractions.extracted_at') }}
            as open_from_at,
        first_value(opened.open_from_date) over (
            partition by extractions.site_code order by extractions.extracted_at
        ) as books_from_date
    from extractions
    left join opened
        on
            extractions.site_code = opened.site_code
            and extractions.extracted_at = opened.extracted_at
)

select * from final
