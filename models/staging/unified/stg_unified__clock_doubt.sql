{{ config(materialized='clocks') }}
-- depends_on: {{ ref('stg_unified__movement_month') }}
-- Events that the system recorded before they happened by their device's clock: the clock is ahead. And events that a
-- device numbered later than others, that the system recorded no earlier, and that its clock puts before them: the
-- clock went back. Few do, and only those are held against the events of their device and day.
with redeliveries as (
    select * from {{ ref('stg_unified__redelivery') }}
),

doubted as (
    {{ doubted_devices(ref('stg_wms__movements'), kernel_scope()) }}
),

ahead as (
    {{ recorded_before_told(ref('stg_wms__movements'), kernel_scope()) }}
),

overtaken as (
    {{ overtaken_numbers(ref('stg_wms__movements'), kernel_scope()) }}
),

-- By number and clock before an event that the system had recorded by then: it happened before that record.
heard as (
    {{ heard_of_later(ref('stg_wms__movements'), kernel_scope()) }}
),

suspected as (
    {{ suspected_clocks(ref('stg_wms__movements'), kernel_scope()) }}
),

-- An event speaks by its first delivery, so that a correction of one moves no other.
witnesses as (
    {{ clock_witnesses(ref('stg_wms__movements'), kernel_scope()) }}
),

days as (
    {{ day_series(
        '(select min(cast(told_at as date)) from suspected)', '(select max(cast(recorded_at as date)) from suspected)'
    ) }}
),

suspected_days as (
    select
        suspected.*,
        days.date_day
    from suspected
    left join days on days.date_day between cast(suspected.told_at as date) and cast(suspected.recorded_at as date)
),

compared as (
    select
        suspected_days.*,
        witnesses.told_at as witness_told_at,
        coalesce(witnesses._meta_extracted_at, suspected_days._meta_extracted_at) as witness_extracted_at
    from suspected_days
    left join witnesses
        on
            suspected_days.device_hash = witnesses.device_hash
            and suspected_days.date_day = witnesses.told_date
            and suspected_days.site_code = witnesses.site_code
            and suspected_days.device_id = witnesses.device_id
            and suspected_days.sequence_no > witnesses.sequence_no
            and suspected_days.told_at < witnesses.told_at
            and suspected_days.recorded_at >= witnesses.recorded_at
),

final as (
    select
        site_code,
        event_id,
        device_id,
        sequence_no,
        occurred_at,
        recorded_at,
        told_at,
        witness_extracted_at,
        coalesce(max(witness_told_at), told_at) as witness_at,
        _meta_file,
        _meta_row
    from compared
    where witness_told_at is not null or told_at < occurred_at
    group by
        site_code, event_id, device_id, sequence_no, occurred_at, recorded_at, told_at, witness_extracted_at,
        _meta_file, _meta_row
)

select * from final
