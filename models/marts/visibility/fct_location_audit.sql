-- What the audit must know of each location before anyone plans on it: is its feed alive, how much of its value is in
-- doubt.
with locations as (
    select * from {{ ref('dim_location') }}
),

records as (
    select * from {{ ref('fct_stock_record') }}
),

flags as (
    select * from {{ ref('fct_stock_record_flag') }}
),

movements as (
    select * from {{ ref('fct_stock_movement') }}
    where is_current_version
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

doubted_records as (
    select distinct
        sku_id,
        location_id
    from flags
    where severity = 'error' and is_phantom_signal
),

location_values as (
    select
        records.location_id,
        coalesce(sum(records.on_hand_amount), 0) as stock_amount,
        coalesce(sum(records.on_hand_amount) filter (where doubted_records.sku_id is not null), 0) as flagged_amount
    from records
    left join doubted_records
        on
            records.sku_id = doubted_records.sku_id
            and records.location_id = doubted_records.location_id
    group by records.location_id
),

-- An event of a clock that runs ahead is no sign of life.
last_events as (
    select
        movements.location_id,
        max(movements.occurred_at) as last_event_at
    from movements
    inner join cutoff on movements.occurred_at <= cutoff.as_of_at
    group by movements.location_id
),

judged as (
    select
        locations.location_id,
        cutoff.as_of_date,
        last_events.last_event_at,
        location_values.stock_amount,
        location_values.flagged_amount
    from locations
    cross join cutoff
    inner join location_values on locations.location_id = location_values.location_id
    left join last_events on locations.location_id = last_events.location_id
),

location_policy as (
    {{ policy_as_of(
        ['max_feed_age_days', 'max_flagged_value_ratio'], over='judged', as_of='as_of_date',
        scopes={'location': 'location_id'}
    ) }}
),

final as (
    select
        judged.location_id,
        judged.last_event_at,
        cast({{ days_between('cast(judged.last_event_at as date)', 'judged.as_of_date') }} as integer) as feed_age_days,
        cast(location_policy.max_feed_age_days as integer) as max_feed_age_days,
        cast(judged.stock_amount as decimal(24, 4)) as stock_amount,
        cast(judged.flagged_amount as decimal(24, 4)) as flagged_amount,
        coalesce({{ divide('judged.flagged_amount', 'judged.stock_amount') }}, 0) as flagged_value_ratio,
        cast(location_policy.max_flagged_value_ratio as decimal(24, 6)) as max_flagged_value_ratio
    from judged
    inner join location_policy using (as_of_date, location_id)
)

select * from final
