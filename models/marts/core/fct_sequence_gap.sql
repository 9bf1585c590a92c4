-- Numbers that a device counted and nobody delivered: lost events. An event that arrives late closes its gap; one that was
-- delivered and is held back for its master data makes none.
with deliveries as (
    select * from {{ ref('stg_unified__movement') }}
    where device_id is not null and sequence_no is not null
),

locations as (
    select * from {{ ref('dim_location') }}
),

rejections as (
    select * from {{ ref('fct_row_rejection') }}
    where source = 'wms' and entity = 'movements' and raw_row is not null
),

numbers as (
    select
        site_code,
        device_id,
        sequence_no,
        occurred_at,
        lag(sequence_no) over (partition by site_code, device_id order by sequence_no, occurred_at)
            as previous_sequence_no,
        lag(occurred_at) over (partition by site_code, device_id order by sequence_no, occurred_at)
            as previous_occurred_at
    from deliveries
),

gaps as (
    select
        *,
        previous_sequence_no + 1 as first_missing_sequence_no,
        sequence_no - 1 as last_missing_sequence_no
    from numbers
    where sequence_no > previous_sequence_no + 1
),

-- Rows that the validator refused still name the device and its number.
refused as (
    select
        gaps.site_code,
        gaps.device_id,
        gaps.first_missing_sequence_no,
        min(rejections.rule_id) as held_back_rule
    from gaps
    inner join rejections
        on
            gaps.site_code = rejections.instance
            and rejections.raw_row like '%"device_id":"' || gaps.device_id || '"%'
            and rejections.raw_row like '%"sequence_no":' || gaps.first_missing_sequence_no || ',%'
    where gaps.first_missing_sequence_no = gaps.last_missing_sequence_no
    group by gaps.site_code, gaps.device_id, gaps.first_missing_sequence_no
),

final as (
    select
        gaps.site_code,
        gaps.device_id,
        gaps.first_missing_sequence_no,
        gaps.last_missing_sequence_no,
        cast(gaps.last_missing_sequence_no - gaps.first_missing_sequence_no + 1 as integer) as missing_event_count,
        locations.location_id,
        gaps.previous_occurred_at as missing_from_at,
        gaps.occurred_at as missing_to_at,
        refused.held_back_rule
    from gaps
    left join locations on gaps.site_code = locations.site_code
    left join refused
        on
            gaps.site_code = refused.site_code
            and gaps.device_id = refused.device_id
            and gaps.first_missing_sequence_no = refused.first_missing_sequence_no
)

select * from final
