-- Cost of sales and average inventory of twelve months, by the books and as counts correct them, of each stock
-- record. Audited is a record that was counted within the window.
with turnover_windows as (
    select * from {{ ref('int_lag__turnover_window') }}
),

audit_months as (
    select * from {{ ref('int_lag__audit_month') }}
),

counted_months as (
    select distinct
        sku_id,
        location_id,
        cast(date_trunc('month', counted_date) as date) as month_start_date
    from {{ ref('int_lag__audit_count') }}
),

audit_policy as (
    {{ policy_as_of(['shrink_in_cogs:text'], over='turnover_windows', as_of='last_day_date') }}
),

summed as (
    select
        turnover_windows.*,
        audit_policy.shrink_in_cogs,
        sum(coalesce(audit_months.error_value_days, 0)) over past_12 as error_value_days,
        sum(coalesce(audit_months.shrink_amount, 0)) over past_12 as shrink_amount,
        count(counted_months.sku_id) over past_12 > 0 as is_audited
    from turnover_windows
    inner join audit_policy using (last_day_date)
    left join audit_months using (sku_id, location_id, month_start_date)
    left join counted_months using (sku_id, location_id, month_start_date)
    window
        past_12 as (
            partition by turnover_windows.sku_id, turnover_windows.location_id
            order by turnover_windows.month_start_date
            rows between 11 preceding and current row
        )
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        last_day_date,
        is_month_closed,
        window_day_count,
        known_day_count,
        qty_days,
        known_cost_qty_days,
        is_uncosted,
        cogs_amount,
        avg_inventory_amount,
        case when is_audited then avg_inventory_amount end as counted_inventory_amount,
        case when not is_uncosted then cast(shrink_amount as decimal(24, 4)) end as shrink_amount,
        case
            when not is_uncosted
                then cast(cogs_amount + {{ kpi_shrink_in_cogs('shrink_amount', 'shrink_in_cogs') }} as decimal(24, 4))
        end as audited_cogs_amount,
        cast(avg_inventory_amount + {{ divide('error_value_days', 'known_day_count', 4) }} as decimal(24, 4))
            as audited_inventory_amount
    from summed
)

select * from final
