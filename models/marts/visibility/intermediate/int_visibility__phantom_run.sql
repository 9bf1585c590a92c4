-- The silence of each record before a look, and how it had sold before: open days since goods were last seen on the
-- shelf, and the occasions and open days of the window until then.
with looks as (
    select * from {{ ref('int_visibility__phantom_look') }}
),

past as (
    select * from {{ ref('int_visibility__phantom_past') }}
),

earlier as (
    select * from {{ ref('int_visibility__phantom_past') }}
),

open_days as (
    select * from {{ ref('int_visibility__site_open_day') }}
),

-- Goods that have been silent for longer than the window are judged by all that was known before.
known as (
    select
        looks.*,
        coalesce(past.seen_date, past.first_date, looks.look_date) as seen_date,
        past.confirmed_date,
        past.first_failed_date,
        case
            when coalesce(past.seen_date, past.first_date, looks.look_date) < looks.window_start_date
                then coalesce(past.first_date, past.seen_date)
            else greatest(coalesce(past.first_date, looks.look_date), looks.window_start_date)
        end as base_date,
        {{ add_days('looks.look_date', -1) }} as last_date,
        {%- for name in ['demand_day', 'issue', 'negative', 'miss', 'empty'] %}
        past.{{ name }}_count
        - case when past.seen_date >= looks.window_start_date then earlier.{{ name }}_count else 0 end
            as {{ name }}_count,
        {%- endfor %}
        past.demand_qty
        - case when past.seen_date >= looks.window_start_date then earlier.demand_qty else 0 end as demand_qty,
        past.short_since_count,
        past.missing_since_count
    from looks
    inner join past
        on
            looks.sku_id = past.sku_id
            and looks.location_id = past.location_id
            and looks.look_date = past.probe_date
    inner join earlier
        on
            looks.sku_id = earlier.sku_id
            and looks.location_id = earlier.location_id
            and looks.window_start_date = earlier.probe_date
),

{% set moments = {
    'at_look': 'last_date', 'at_seen': 'seen_date', 'at_confirmed': 'confirmed_date',
    'at_failed': 'first_failed_date',
} %}

-- A count that found what the books said speaks for the goods from its day on, unless nobody looked.
measured as (
    select
        known.*,
        {{ add_days('known.seen_date', 1) }} as run_start_date,
        {{ days_between(
            'greatest(known.seen_date, coalesce(known.confirmed_date, known.seen_date))', 'known.look_date'
        ) }} as unproved_day_count,
        coalesce(at_look.open_day_count, 0) as look_open_day_count,
        coalesce(at_seen.open_day_count, 0) as seen_open_day_count,
        greatest(coalesce(at_seen.open_day_count, 0), coalesce(at_confirmed.open_day_count, 0))
            as confirmed_open_day_count,
        at_failed.open_day_count as failed_open_day_count,
        coalesce(at_base.open_day_count, 0) as base_open_day_count
    from known
    left join open_days as at_base on known.location_id = at_base.location_id and known.base_date = at_base.date_day
    {%- for name, day in moments.items() %}
    left join open_days as {{ name }}
        on
            known.location_id = {{ name }}.location_id
            and known.{{ day }} = {{ name }}.date_day
    {%- endfor %}
),

final as (
    select
        sku_id,
        location_id,
        look_date,
        is_cutoff,
        company_code,
        abc_class,
        window_start_date,
        book_qty,
        is_targeted,
        is_phantom,
        seen_date,
        confirmed_date,
        first_failed_date,
        base_date,
        last_date,
        demand_day_count,
        issue_count,
        negative_count,
        miss_count,
        empty_count,
        demand_qty,
        short_since_count,
        missing_since_count,
        run_start_date,
        unproved_day_count,
        look_open_day_count,
        seen_open_day_count,
        confirmed_open_day_count,
        failed_open_day_count,
        base_open_day_count
    from measured
)

select * from final
