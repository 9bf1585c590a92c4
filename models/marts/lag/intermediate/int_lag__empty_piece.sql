-- Runs of days without stock to sell, cut to the days on which the goods were on sale; runs of both types may overlap.
with empty_runs as (
    select * from {{ ref('int_lag__empty_run') }}
),

phantom_runs as (
    select * from {{ ref('int_lag__phantom_run') }}
),

active_records as (
    select * from {{ ref('int_lag__active_record') }}
),

runs as (
    {%- for run_type, rows in {'book': 'empty_runs', 'effective': 'phantom_runs'}.items() %}
    select
        sku_id,
        location_id,
        '{{ run_type }}' as run_type,
        empty_from_date,
        empty_to_date
    from {{ rows }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        runs.sku_id,
        runs.location_id,
        runs.run_type,
        greatest(runs.empty_from_date, active_records.active_from_date) as empty_from_date,
        least(runs.empty_to_date, active_records.active_to_date) as empty_to_date
    from runs
    inner join active_records using (sku_id, location_id)
    where runs.empty_from_date < active_records.active_to_date and runs.empty_to_date > active_records.active_from_date
)

select * from final
