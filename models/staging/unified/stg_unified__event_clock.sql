{{ config(materialized='table') }}
-- Where an event is put instead of where its device's clock put it: after the events that the device numbered before
-- it. Those that came once the day of the event had closed do not move it, as nothing moves in a closed day.
with doubts as (
    select * from {{ ref('stg_unified__clock_doubt') }}
),

sites as (
    select * from {{ ref('stg_unified__site_start') }}
),

open_days as (
    select * from {{ ref('stg_unified__open_day') }}
),

dated as (
    select
        doubts.*,
        {{ business_date('doubts.told_at', 'sites.time_zone') }} as told_date
    from doubts
    left join sites on doubts.site_code = sites.site_code
),

judged as (
    select
        dated.*,
        {{ is_posted_late('dated.told_date') }} as is_too_late
    from dated
    {{ join_open_day('dated', 'witness_extracted_at') }}
),

ordered as (
    select
        site_code,
        event_id,
        device_id,
        sequence_no,
        occurred_at as device_at,
        recorded_at,
        greatest(told_at, max(case when is_too_late then told_at else witness_at end)) as occurred_at,
        _meta_file,
        _meta_row
    from judged
    group by
        site_code, event_id, device_id, sequence_no, occurred_at, recorded_at, told_at, _meta_file, _meta_row
),

final as (
    select
        site_code,
        event_id,
        device_id,
        sequence_no,
        device_at,
        recorded_at,
        occurred_at,
        _meta_file,
        _meta_row
    from ordered
    where occurred_at <> device_at
)

select * from final
