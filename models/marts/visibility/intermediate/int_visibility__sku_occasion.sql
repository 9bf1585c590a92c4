-- Records of a SKU that somebody asked for, counted over all sites of a company before each day that a look needs.
with runs as (
    select * from {{ ref('int_visibility__phantom_run') }}
),

demand as (
    select * from {{ ref('fct_demand_daily') }}
    where issue_count > 0
),

locations as (
    select * from {{ ref('dim_location') }}
),

moments as (
    select
        locations.company_code,
        demand.sku_id,
        demand.demand_date as moment_date,
        count(*) as occasion_count
    from demand
    inner join locations on demand.location_id = locations.location_id
    group by locations.company_code, demand.sku_id, demand.demand_date

    {%- for day in ['look_date', 'base_date', 'run_start_date'] %}

    union

    select
        company_code,
        sku_id,
        {{ day }} as moment_date,
        0 as occasion_count
    from runs
    {%- endfor %}
),

summed as (
    select
        company_code,
        sku_id,
        moment_date,
        occasion_count,
        cast(coalesce(sum(occasion_count) over (
            partition by company_code, sku_id order by moment_date, occasion_count
            rows between unbounded preceding and 1 preceding
        ), 0) as bigint) as past_count
    from moments
),

final as (
    select
        company_code,
        sku_id,
        moment_date,
        past_count as occasion_count
    from summed
    where occasion_count = 0
)

select * from final
