-- Each figure of a closed period that was told otherwise than before: by an earlier cut-off (written down when it was
-- published) or by this one.
with observations as (
    select * from {{ ref('fct_closed_kpi_observation') }}
),

closed_values as (
    select * from {{ ref('fct_closed_kpi_value') }}
    where is_restated
),

{% set keys = ['kpi_id', 'scope_type', 'scope_id', 'period_start_date', 'period_end_date'] %}
{% set figures = kpi_figures() %}

told as (
    select
        {{ (keys + figures) | join(',\n        ') }},
        told_at
    from observations

    union all

    select
        {{ (keys + figures) | join(',\n        ') }},
        as_of_at as told_at
    from closed_values
),

compared as (
    select
        {{ (keys + figures) | join(',\n        ') }},
        told_at,
        lag(told_at) over (partition by kpi_id, scope_type, scope_id, period_end_date order by told_at)
            as told_before_at,
        {%- for name in figures %}
        lag({{ name }}) over (partition by kpi_id, scope_type, scope_id, period_end_date order by told_at)
            as told_{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from told
),

final as (
    select
        kpi_id,
        scope_type,
        scope_id,
        period_start_date,
        period_end_date,
        told_before_at,
        told_at as restated_at,
        {%- for name in figures %}
        {{ name }},
        told_{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from compared
    where told_before_at is not null
)

select * from final
