-- Mean and deviation of a day's demand that a service level is planned on. Empty shelves hide demand: policy adds what
-- they would have sold to the mean; the deviation stays that of what was served.
with statistics as (
    select * from {{ ref('fct_demand_statistic') }}
),

unconstrained as (
    select * from {{ ref('fct_demand_unconstrained') }}
),

basis_policy as (
    {{ policy_as_of(['demand_basis:text'], over='statistics', as_of='as_of_date') }}
),

imputed as (
    select
        statistics.sku_id,
        statistics.location_id,
        sum(unconstrained.imputed_qty) as imputed_qty
    from statistics
    inner join basis_policy on statistics.as_of_date = basis_policy.as_of_date
    inner join unconstrained
        on
            statistics.sku_id = unconstrained.sku_id
            and statistics.location_id = unconstrained.location_id
            and statistics.window_start_date <= unconstrained.demand_date
            and statistics.as_of_date >= unconstrained.demand_date
    where basis_policy.demand_basis = 'unconstrained'
    group by statistics.sku_id, statistics.location_id
),

final as (
    select
        statistics.sku_id,
        statistics.location_id,
        statistics.demand_class,
        statistics.active_day_count,
        cast(coalesce(imputed.imputed_qty, 0) as decimal(24, 4)) as imputed_qty,
        case
            when imputed.imputed_qty is null then statistics.mean_daily_qty
            else {{ divide('statistics.demand_qty + imputed.imputed_qty', 'statistics.active_day_count') }}
        end as mean_daily_qty,
        statistics.sd_daily_qty
    from statistics
    left join imputed using (sku_id, location_id)
)

select * from final
