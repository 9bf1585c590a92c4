-- Planners' forecasts of each scope and month beside a benchmark, over the points that both could be judged by: sums
-- over the month and the two before it.
with pairs as (
    select * from {{ ref('int_lead__forecast_pair') }}
),

members as (
    select * from {{ ref('int_lead__forecast_member') }}
),

offsets as (
    {%- for month_offset in [0, 1, 2] %}
    select {{ month_offset }} as month_offset
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

spread as (
    select
        pairs.sku_id,
        pairs.location_id,
        pairs.benchmark,
        case when pairs.benchmark_abs_error_qty is not null then pairs.demand_qty end as demand_qty,
        case when pairs.benchmark_abs_error_qty is not null then pairs.abs_error_qty end as abs_error_qty,
        pairs.benchmark_abs_error_qty,
        offsets.month_offset,
        {{ add_months('pairs.month_start_date', 'offsets.month_offset') }} as month_start_date
    from pairs
    cross join offsets
),

{% set scopes = {
    'sku_location': 'members.sku_location_id',
    'sku': 'members.sku_id',
    'category': 'members.category',
    'family': 'members.family_id',
    'location': 'members.location_id',
    'region': 'members.region_id',
    'division': 'members.division_code',
    'company': 'members.company_code',
} %}

scoped as (
    {%- for scope_type, scope_id in scopes.items() %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        spread.*,
        {{ product('spread.demand_qty', 'members.unit_cost_amount', 4) }} as demand_amount,
        {{ product('spread.abs_error_qty', 'members.unit_cost_amount', 4) }} as abs_error_amount,
        {{ product('spread.benchmark_abs_error_qty', 'members.unit_cost_amount', 4) }}
            as benchmark_abs_error_amount
    from spread
    inner join members
        on
            spread.sku_id = members.sku_id
            and spread.location_id = members.location_id
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        scope_type,
        scope_id,
        benchmark,
        month_start_date,
        cast(count(benchmark_abs_error_qty) as integer) as point_count,
        cast(count(*) - count(benchmark_abs_error_qty) as integer) as unmatched_count,
        cast(coalesce(sum(demand_qty), 0) as decimal(24, 4)) as demand_qty,
        cast(coalesce(sum(demand_amount), 0) as decimal(24, 4)) as demand_amount,
        cast(coalesce(sum(abs_error_qty), 0) as decimal(24, 4)) as abs_error_qty,
        cast(coalesce(sum(abs_error_amount), 0) as decimal(24, 4)) as abs_error_amount,
        cast(coalesce(sum(benchmark_abs_error_qty), 0) as decimal(24, 4)) as benchmark_abs_error_qty,
        cast(coalesce(sum(benchmark_abs_error_amount), 0) as decimal(24, 4)) as benchmark_abs_error_amount
    from scoped
    group by scope_type, scope_id, benchmark, month_start_date
    having count(*) filter (where month_offset = 0) > 0
)

select * from final
