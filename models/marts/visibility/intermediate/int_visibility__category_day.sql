-- Records of a category that somebody asked for, counted up to each day, company by company: how the season goes.
with demand as (
    select * from {{ ref('fct_demand_daily') }}
    where issue_count > 0
),

records as (
    select * from {{ ref('bridge_sku_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

dates as (
    select * from {{ ref('dim_date') }}
),

daily as (
    select
        records.company_code,
        records.category,
        demand.demand_date,
        count(*) as occasion_count
    from demand
    inner join records using (sku_id, location_id)
    group by records.company_code, records.category, demand.demand_date
),

spans as (
    select
        company_code,
        category,
        min(demand_date) as first_date
    from daily
    group by company_code, category
),

final as (
    select
        spans.company_code,
        spans.category,
        dates.date_day,
        cast(sum(coalesce(daily.occasion_count, 0)) over (
            partition by spans.company_code, spans.category order by dates.date_day
        ) as bigint) as occasion_count
    from spans
    cross join cutoff
    inner join dates on spans.first_date <= dates.date_day and cutoff.as_of_date >= dates.date_day
    left join daily
        on
            spans.company_code = daily.company_code
            and spans.category = daily.category
            and dates.date_day = daily.demand_date
)

select * from final
