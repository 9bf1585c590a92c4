{# What is read of a delivery to judge its device's clock. #}
{% macro numbered_columns() -%}
    site_code, event_id, device_id, sequence_no, occurred_at, recorded_at, _meta_extracted_at, _meta_file, _meta_row
{%- endmacro %}

{# Events that their device numbered: body of a subquery, one row per delivery. `recorded_told_at` is when it happened by the
   device's clock, or when the system recorded it where that was before.
     movements    relation of deliveries; named here and not through a CTE, since what two steps read would be held whole
     scope        condition on its rows #}
{% macro device_numbers(movements, scope) %}
    select
        {{ numbered_columns() }},
        {{ row_hash(['site_code', 'device_id']) }} as device_hash,
        least(occurred_at, recorded_at) as recorded_told_at
    from {{ movements }}
    where device_id is not null and sequence_no is not null and {{ scope }}
{% endmacro %}

{# Bodies of the CTEs of stg_unified__clock_doubt, in the order in which they read each other; movements and scope as above. #}

{# doubted: devices that put an event before the one they numbered before it, or after its recording, and how much they
   delivered. They are few, and nothing but their events is looked at again. It is the kernel's part `doubted`. #}
{% macro doubted_devices(movements, scope) %}
    {{ kernel_part('doubted', doubted_devices_of(movements, scope)) }}
{% endmacro %}

{% macro doubted_devices_of(movements, scope) %}
    select
        device_hash,
        count(*) as delivery_count
    from (
        select
            device_hash,
            recorded_at < occurred_at
            or recorded_told_at < lag(recorded_told_at) over (partition by device_hash order by sequence_no) as is_doubted
        from (
            {{ device_numbers(movements, scope) }}
        ) as numbers
    ) as told
    group by device_hash
    having max(case when is_doubted then 1 else 0 end) = 1
{% endmacro %}

{# The numbered events of those devices. #}
{% macro doubted_numbers(movements, scope) %}
    select * from (
        {{ device_numbers(movements, scope) }}
    ) as told
    where device_hash in (select doubted.device_hash from doubted)
{% endmacro %}

{# ahead: recorded before they happened by their device's clock. #}
{% macro recorded_before_told(movements, scope) %}
    select * from (
        {{ doubted_numbers(movements, scope) }}
    ) as numbers
    where recorded_at < occurred_at
{% endmacro %}

{# overtaken: device and number of which a lower number was told for later. #}
{% macro overtaken_numbers(movements, scope) %}
    select distinct
        device_hash,
        sequence_no
    from (
        select
            device_hash,
            sequence_no,
            recorded_told_at,
            max(recorded_told_at) over (
                partition by device_hash order by sequence_no rows between unbounded preceding and 1 preceding
            ) as latest_told_at
        from (
            {{ doubted_numbers(movements, scope) }}
        ) as numbers
    ) as running
    where recorded_told_at < latest_told_at
{% endmacro %}

{# heard: deliveries before an event of `ahead` by number and by clock, that came no earlier, and when that was recorded. #}
{% macro heard_of_later(movements, scope) %}
    select
        numbers._meta_file,
        numbers._meta_row,
        min(later.recorded_at) as heard_at
    from (
        {{ doubted_numbers(movements, scope) }}
    ) as numbers
    left join (
        select
            ahead.*,
            days.date_day
        from ahead
        left join (
            {{ day_series(
                '(select min(cast(recorded_at as date)) from ahead)', '(select max(cast(occurred_at as date)) from ahead)'
            ) }}
        ) as days on days.date_day between cast(ahead.recorded_at as date) and cast(ahead.occurred_at as date)
    ) as later
        on
            numbers.device_hash = later.device_hash
            and cast(numbers.occurred_at as date) = later.date_day
            and numbers.site_code = later.site_code
            and numbers.device_id = later.device_id
            and numbers.sequence_no < later.sequence_no
            and numbers.occurred_at > later.recorded_at
            and numbers.occurred_at <= later.occurred_at
            and numbers._meta_extracted_at >= later._meta_extracted_at
    where numbers.device_hash in (select ahead.device_hash from ahead) and later.recorded_at is not null
    group by numbers._meta_file, numbers._meta_row
{% endmacro %}

{# suspected: deliveries that may stand elsewhere than their device's clock says. #}
{% macro suspected_clocks(movements, scope) %}
    select
        numbers.*,
        least(numbers.recorded_told_at, heard.heard_at) as told_at
    from (
        {{ doubted_numbers(movements, scope) }}
    ) as numbers
    {{ join_delivery('numbers', 'heard') }}
    where
        numbers.recorded_told_at < numbers.occurred_at
        or heard.heard_at is not null
        or (numbers.device_hash, numbers.sequence_no) in (select overtaken.device_hash, overtaken.sequence_no from overtaken)
{% endmacro %}

{# witnesses: first deliveries of the devices of which something is overtaken. #}
{% macro clock_witnesses(movements, scope) %}
    select
        numbers.*,
        least(numbers.recorded_told_at, heard.heard_at) as told_at,
        cast(least(numbers.recorded_told_at, heard.heard_at) as date) as told_date
    from (
        {{ doubted_numbers(movements, scope) }}
    ) as numbers
    {{ join_delivery('numbers', 'heard') }}
    left join (
        select
            _meta_file,
            _meta_row,
            row_number() over (partition by site_code, event_id order by _meta_extracted_at, delivery_rank) as telling
        from redeliveries
    ) as tellings
        on
            numbers._meta_file = tellings._meta_file
            and numbers._meta_row = tellings._meta_row
    where coalesce(tellings.telling, 1) = 1 and numbers.device_hash in (select overtaken.device_hash from overtaken)
{% endmacro %}
