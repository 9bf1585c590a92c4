{{ config(materialized='clocks') }}
-- Events that a device numbered later than others, that the system recorded no earlier, and that its clock puts before
-- them: the clock went back. Few do, and only those are held against the events of their device and day.
with retold as (
    select
        _meta_file,
        _meta_row
    from (
        select
            _meta_file,
            _meta_row,
            row_number() over (
                partition by site_code, event_id order by _meta_extracted_at, delivery_rank
            ) as telling
        from {{ ref('stg_unified__redelivery') }}
    ) as tellings
    where telling > 1
),

running as (
    select
        device_hash,
        sequence_no,
        told_at,
        max(told_at) over (
            partition by device_hash order by sequence_no rows between unbounded preceding and 1 preceding
        ) as latest_told_at
    from ({{ device_numbers(ref('stg_wms__movements'), kernel_scope()) }}) as numbers
),

overtaken as (
    select distinct
        device_hash,
        sequence_no
    from running
    where told_at < latest_told_at
),

suspected as (
    select *
    from ({{ device_numbers(ref('stg_wms__movements'), kernel_scope()) }}) as numbers
    where
        told_at < occurred_at
        or (device_hash, sequence_no) in (select overtaken.device_hash, overtaken.sequence_no from overtaken)
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

-- An event speaks by its first delivery, so that a correction of one moves no other.
witnesses as (
    select
        numbers.*,
        cast(numbers.told_at as date) as told_date
    from ({{ device_numbers(ref('stg_wms__movements'), kernel_scope()) }}) as numbers
    {{ join_delivery('numbers', 'retold') }}
    where retold._meta_file is null and numbers.device_hash in (select overtaken.device_hash from overtaken)
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
