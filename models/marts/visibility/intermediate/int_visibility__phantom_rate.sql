-- How often each record is asked for, as far as its silence goes: its own rate until goods were last seen, times
-- how its category and its SKU elsewhere have sold since then beside before.
with runs as (
    select * from {{ ref('int_visibility__phantom_run') }}
),

records as (
    select * from {{ ref('fct_stock_record') }}
),

categories as (
    select * from {{ ref('int_visibility__category_day') }}
),

occasions as (
    select * from {{ ref('int_visibility__sku_occasion') }}
),

rate_policy as (
    {{ policy_as_of(
        ['phantom_rate_prior_count', 'phantom_rate_prior_days', 'phantom_peer_weight',
         'phantom_peer_max_ratio'],
        over='records', as_of='as_of_date'
    ) }}
),

joined as (
    select
        runs.*,
        rate_policy.phantom_rate_prior_count,
        rate_policy.phantom_rate_prior_days,
        rate_policy.phantom_peer_weight,
        rate_policy.phantom_peer_max_ratio,
        runs.look_open_day_count - runs.confirmed_open_day_count + 1 as silent_day_count,
        greatest(
            coalesce(runs.failed_open_day_count, runs.look_open_day_count) - runs.confirmed_open_day_count, 0
        ) + 1 as onset_day_count,
        runs.confirmed_open_day_count - runs.seen_open_day_count as confirmed_day_count,
        runs.seen_open_day_count - runs.base_open_day_count + 1 as selling_day_count,
        {{ days_between('runs.run_start_date', 'runs.look_date') }} as run_day_count,
        {{ days_between('runs.base_date', 'runs.run_start_date') }} as base_day_count,
        coalesce(category_look.occasion_count, 0) - coalesce(category_seen.occasion_count, 0) as category_run_count,
        coalesce(category_seen.occasion_count, 0) - coalesce(category_base.occasion_count, 0) as category_base_count,
        sku_look.occasion_count - sku_seen.occasion_count as elsewhere_run_count,
        sku_seen.occasion_count - sku_base.occasion_count - runs.demand_day_count as elsewhere_base_count
    from runs
    inner join records using (sku_id, location_id)
    inner join rate_policy on records.as_of_date = rate_policy.as_of_date
    {%- for name, day in {'look': 'last_date', 'seen': 'seen_date', 'base': 'base_date'}.items() %}
    left join categories as category_{{ name }}
        on
            runs.company_code = category_{{ name }}.company_code
            and records.category = category_{{ name }}.category
            and runs.{{ day }} = category_{{ name }}.date_day
    {%- endfor %}
    {%- for name, day in {'look': 'look_date', 'seen': 'run_start_date', 'base': 'base_date'}.items() %}
    left join occasions as sku_{{ name }}
        on
            runs.company_code = sku_{{ name }}.company_code
            and runs.sku_id = sku_{{ name }}.sku_id
            and runs.{{ day }} = sku_{{ name }}.moment_date
    {%- endfor %}
),

paced as (
    select
        *,
        {{ kpi_occasion_rate(
            'demand_day_count', 'selling_day_count', 'phantom_rate_prior_count', 'phantom_rate_prior_days'
        ) }} as base_rate,
        {{ kpi_peer_ratio(
            'category_run_count', 'run_day_count', 'category_base_count', 'base_day_count', 'phantom_peer_weight',
            'phantom_peer_max_ratio'
        ) }} as category_ratio
    from joined
),

compared as (
    select
        *,
        {{ kpi_peer_ratio(
            'elsewhere_run_count', multiply('category_ratio', 'run_day_count'), 'elsewhere_base_count', 'base_day_count',
            'phantom_peer_weight', 'phantom_peer_max_ratio'
        ) }} as elsewhere_ratio
    from paced
),

final as (
    select
        sku_id,
        location_id,
        look_date,
        is_cutoff,
        company_code,
        abc_class,
        book_qty,
        is_targeted,
        is_phantom,
        demand_day_count,
        negative_count,
        miss_count,
        empty_count,
        short_since_count,
        missing_since_count,
        unproved_day_count,
        silent_day_count,
        onset_day_count,
        confirmed_day_count,
        {{ fixed('base_rate * category_ratio * elsewhere_ratio', 8) }} as occasion_rate,
        {{ divide('demand_qty', 'issue_count') }} as issue_qty
    from compared
)

select * from final
