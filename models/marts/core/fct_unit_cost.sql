-- The cost waterfall as intervals: moving average, else standard, else last purchase, else last order, else the
-- division's category median, which is an estimate and never counts as a known cost. Missing stays null.
with cost_steps as (
    select * from {{ ref('stg_unified__cost_step') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

{% set methods = ['moving_average', 'standard', 'last_purchase', 'last_order'] %}

-- A step before the first known cost makes the time before it visible instead of missing.
step_dates as (
    select
        sku_id,
        location_id,
        valid_from_date
    from cost_steps

    union

    select
        sku_id,
        location_id,
        date '1900-01-01' as valid_from_date
    from stock_records
),

changes as (
    select
        step_dates.sku_id,
        step_dates.location_id,
        {%- for method in methods %}
        max(case when cost_steps.cost_method = '{{ method }}' then cost_steps.unit_cost_amount end)
            as {{ method }}_change,
        {%- endfor %}
        step_dates.valid_from_date
    from step_dates
    left join cost_steps
        on
            step_dates.sku_id = cost_steps.sku_id
            and step_dates.location_id = cost_steps.location_id
            and step_dates.valid_from_date = cost_steps.valid_from_date
    group by step_dates.sku_id, step_dates.location_id, step_dates.valid_from_date
),

carried as (
    select
        sku_id,
        location_id,
        {%- for method in methods %}
        {{ last_known(method ~ '_change') }} over (
            partition by sku_id, location_id order by valid_from_date
        ) as {{ method }},
        {%- endfor %}
        valid_from_date
    from changes
),

chosen as (
    select
        sku_id,
        location_id,
        valid_from_date,
        coalesce({{ methods | join(', ') }}) as unit_cost_amount,
        case
            {%- for method in methods %}
            when {{ method }} is not null then '{{ method }}'
            {%- endfor %}
        end as cost_source
    from carried
),

compared as (
    select
        *,
        lag(unit_cost_amount) over cost_history as previous_amount,
        lag(cost_source) over cost_history as previous_source,
        row_number() over cost_history as step_number
    from chosen
    window cost_history as (partition by sku_id, location_id order by valid_from_date)
),

-- Maximal runs: a step that changes neither cost nor source is no change.
runs as (
    select
        *,
        coalesce(
            lead(valid_from_date) over (partition by sku_id, location_id order by valid_from_date),
            date '9999-12-31'
        ) as valid_to_date
    from compared
    where
        step_number = 1
        or coalesce(unit_cost_amount, 0) <> coalesce(previous_amount, 0)
        or coalesce(cost_source, '') <> coalesce(previous_source, '')
),

known as (
    select
        runs.sku_id,
        runs.location_id,
        stock_records.division_code,
        stock_records.category,
        stock_records.currency,
        runs.valid_from_date,
        runs.valid_to_date,
        runs.unit_cost_amount,
        runs.cost_source
    from runs
    inner join stock_records
        on
            runs.sku_id = stock_records.sku_id
            and runs.location_id = stock_records.location_id
),

category_medians as (
    select
        division_code,
        category,
        {{ median_observed('unit_cost_amount') }} as median_cost_amount
    from known
    where unit_cost_amount is not null and valid_to_date = date '9999-12-31'
    group by division_code, category
),

final as (
    select
        known.sku_id,
        known.location_id,
        known.valid_from_date,
        known.valid_to_date,
        known.currency,
        cast(coalesce(known.unit_cost_amount, category_medians.median_cost_amount) as decimal(18, 6))
            as unit_cost_amount,
        case
            when known.cost_source is not null then known.cost_source
            when category_medians.median_cost_amount is not null then 'category_median'
            else 'none'
        end as cost_source,
        known.cost_source is not null as is_known_cost
    from known
    left join category_medians
        on
            known.division_code = category_medians.division_code
            and known.category = category_medians.category
)

select * from final
