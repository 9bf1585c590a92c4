-- Mean and spread of a supplier's lead times over the window that ends with each month, capped as planning caps them.
with months as (
    select * from {{ ref('int_lag__supplier_month') }}
),

order_lines as (
    select
        *,
        {{ days_between('lead_time_start_date', 'full_receipt_date') }} as lead_time_days
    from {{ ref('fct_purchase_order_line') }}
    where order_line_status <> 'cancelled' and full_receipt_date >= lead_time_start_date
),

windowed as (
    select
        months.supplier_id,
        months.month_start_date,
        months.cap_ratio,
        order_lines.lead_time_days,
        count(*) as line_count
    from months
    inner join order_lines
        on
            months.supplier_id = order_lines.supplier_id
            and months.before_lead_time_date < order_lines.full_receipt_date
            and months.last_day_date >= order_lines.full_receipt_date
    group by
        months.supplier_id, months.month_start_date, months.cap_ratio, order_lines.lead_time_days
),

cumulated as (
    select
        *,
        sum(line_count) over (
            partition by supplier_id, month_start_date order by lead_time_days
        ) as up_to_count,
        sum(line_count) over (partition by supplier_id, month_start_date) as all_count
    from windowed
),

-- The least lead time that 99 of a hundred do not exceed.
limited as (
    select
        *,
        min(case when up_to_count * 100 >= all_count * 99 then lead_time_days end) over (
            partition by supplier_id, month_start_date
        ) as p99_days
    from cumulated
),

capped as (
    select
        *,
        {{ kpi_capped_lead_time('lead_time_days', 'p99_days', 'cap_ratio') }} as capped_days
    from limited
),

summed as (
    select
        supplier_id,
        month_start_date,
        cast(sum(line_count) as integer) as receipt_count,
        cast(sum(line_count * capped_days) as decimal(15, 2)) as sum_days,
        {{ fixed('sum(' ~ multiply('capped_days', 'capped_days') ~ ' * line_count)', 4, 20) }} as sum_squared_days
    from capped
    group by supplier_id, month_start_date
),

explained as (
    select
        *,
        {{ kpi_explained_squares('receipt_count', 'sum_days') }} as explained_squares
    from summed
),

final as (
    select
        supplier_id,
        month_start_date,
        receipt_count,
        {{ divide('sum_days', 'receipt_count') }} as mean_lead_time_days,
        {{ square_root(kpi_sample_variance('receipt_count', 'explained_squares', 'sum_squared_days')) }}
            as sd_lead_time_days
    from explained
)

select * from final
