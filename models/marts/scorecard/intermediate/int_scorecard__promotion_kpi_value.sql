-- KPIs of promotions in the shape of the scorecard, one branch per registry row.
with uplifts as (
    select
        *,
        cast(date_trunc('month', end_date) as date) as month_start_date
    from {{ ref('kpi_promotion_uplift') }}
    where coalesce(uplift_reason, '-') <> 'cancelled'
),

prebuilds as (
    select * from {{ ref('kpi_promotion_prebuild') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

judged as (
    select
        'promotion_uplift_ratio' as kpi_id,
        uplifts.sku_id,
        uplifts.location_id,
        uplifts.month_start_date as period_start_date,
        {{ add_days(add_months('uplifts.month_start_date', 1), -1) }} as period_end_date,
        case when uplifts.uplift_reason is null then uplifts.baseline_qty end as whole_value,
        uplifts.incremental_qty as part_value,
        uplifts.uplift_reason as reason_code
    from uplifts
    inner join cutoff on {{ add_months('uplifts.month_start_date', 1) }} <= cutoff.as_of_date

    union all

    select
        'promotion_cover_ratio' as kpi_id,
        sku_id,
        location_id,
        as_of_date as period_start_date,
        as_of_date as period_end_date,
        need_amount as whole_value,
        need_amount - missing_amount as part_value,
        coalesce(prebuild_reason, amount_reason) as reason_code
    from prebuilds
),

-- What cannot be judged is in neither sum.
summed as (
    select
        judged.kpi_id,
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        judged.period_start_date,
        judged.period_end_date,
        cast(sum(judged.whole_value) as decimal(24, 4)) as denominator,
        cast(sum(judged.part_value) filter (where judged.whole_value is not null) as decimal(24, 4)) as numerator,
        coalesce(min(judged.reason_code), 'no_demand') as reason_code
    from judged
    inner join stock_scopes on judged.sku_id = stock_scopes.sku_id and judged.location_id = stock_scopes.location_id
    group by
        judged.kpi_id, stock_scopes.scope_type, stock_scopes.scope_id, judged.period_start_date, judged.period_end_date
),

final as (
    select
        kpi_id,
        scope_type,
        scope_id,
        period_start_date,
        period_end_date,
        numerator,
        denominator,
        {{ divide('numerator', 'denominator') }} as kpi_value,
        case when coalesce(denominator, 0) = 0 then reason_code end as reason_code
    from summed
)

select * from final
