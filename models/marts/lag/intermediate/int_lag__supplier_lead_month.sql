-- What was known of a supplier's lead times when a month began: lines received in full in the lead time window before.
-- From the day of ordering on, not of confirming: stock has to last from then.
with replenishments as (
    select
        *,
        {{ days_between('placed_date', 'received_date') }} as lead_days
    from {{ ref('int_lag__replenishment') }}
    where supplier_id is not null and received_date is not null
),

months as (
    select * from {{ ref('int_lag__month') }}
),

window_policy as (
    {{ policy_as_of(['lead_time_window_days'], over='months', as_of='month_start_date') }}
),

received as (
    select
        supplier_id,
        received_date,
        count(*) as receipt_count,
        sum(lead_days) as lead_days,
        sum(lead_days * lead_days) as squared_days
    from replenishments
    where lead_days >= 0
    group by supplier_id, received_date
),

summed as (
    select
        received.supplier_id,
        window_policy.month_start_date,
        cast(sum(received.receipt_count) as integer) as receipt_count,
        cast(sum(received.lead_days) as decimal(18, 4)) as lead_days,
        cast(sum(received.squared_days) as decimal(18, 4)) as squared_days
    from received
    inner join window_policy
        on
            received.received_date < window_policy.month_start_date
            and {{ days_between('received.received_date', 'window_policy.month_start_date') }}
            <= window_policy.lead_time_window_days
    group by received.supplier_id, window_policy.month_start_date
),

measured as (
    select
        *,
        {{ kpi_explained_squares('receipt_count', 'lead_days') }} as explained_squares
    from summed
),

final as (
    select
        supplier_id,
        month_start_date,
        receipt_count,
        {{ divide('lead_days', 'receipt_count') }} as mean_lead_time_days,
        {{ square_root(kpi_sample_variance('receipt_count', 'explained_squares', 'squared_days')) }}
            as sd_lead_time_days
    from measured
)

select * from final
