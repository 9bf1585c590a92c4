-- Each sales order line as the customer met it: filled at the first pass, on time, in full, without a flaw.
with order_lines as (
    select * from {{ ref('fct_sales_order_line') }}
),

shipments as (
    select * from {{ ref('int_service__order_line_shipment') }}
),

flaws as (
    select * from {{ ref('int_service__order_line_flaw') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

otif_policy as (
    {{ policy_as_of(['otif_moment:text', 'otif_late_days'], over='cutoff', as_of='as_of_date') }}
),

asked as (
    select
        order_lines.division_code,
        order_lines.order_number,
        order_lines.line_number,
        order_lines.customer_id,
        order_lines.sku_id,
        order_lines.location_id,
        order_lines.ordered_qty,
        order_lines.ordered_amount,
        order_lines.ordered_date,
        shipments.due_date,
        shipments.planned_date,
        shipments.shipped_qty,
        shipments.timely_qty,
        cast(
            {{ kpi_asked_qty('order_lines.ordered_qty', 'shipments.shipped_qty', 'order_lines.cancel_reason') }}
            as decimal(18, 4)
        ) as asked_qty,
        otif_policy.otif_late_days,
        cutoff.as_of_date,
        case when otif_policy.otif_moment = 'delivered' then flaws.delivered_date else shipments.last_shipped_date end
            as arrived_date,
        otif_policy.otif_moment = 'shipped' or shipments.shipped_qty = 0 or flaws.delivered_date is not null as is_told,
        coalesce(flaws.is_goods_flaw, false) as is_goods_flaw,
        coalesce(flaws.left_qty <> shipments.shipped_qty, false) as is_paper_flaw
    from order_lines
    cross join cutoff
    inner join otif_policy on cutoff.as_of_date = otif_policy.as_of_date
    inner join shipments using (division_code, order_number, line_number)
    left join flaws using (division_code, order_number, line_number)
),

judged as (
    select
        *,
        {{ kpi_fill_reason('ordered_qty', 'asked_qty', 'due_date', 'as_of_date') }} as fill_reason,
        {{ kpi_filled_qty('asked_qty', 'timely_qty') }} as filled_qty,
        {{ kpi_is_line_on_time('arrived_date', 'planned_date', 'otif_late_days', 'is_told') }} as is_on_time,
        shipped_qty >= asked_qty as is_in_full,
        {{ days_between('planned_date', 'as_of_date') }} <= otif_late_days as is_still_in_time
    from asked
),

final as (
    select
        division_code,
        order_number,
        line_number,
        customer_id,
        sku_id,
        location_id,
        due_date,
        cast(date_trunc('month', coalesce(due_date, ordered_date)) as date) as month_start_date,
        asked_qty,
        shipped_qty,
        cast(filled_qty as decimal(18, 4)) as filled_qty,
        {{ kpi_part_amount('ordered_amount', 'asked_qty', 'ordered_qty') }} as asked_amount,
        {{ kpi_part_amount('ordered_amount', 'filled_qty', 'ordered_qty') }} as filled_amount,
        fill_reason,
        case when fill_reason is null then filled_qty >= asked_qty end as is_filled,
        case when fill_reason is null and not is_still_in_time then is_on_time end as is_on_time,
        case when fill_reason is null then is_in_full end as is_in_full,
        case
            when fill_reason is null and not is_still_in_time then {{ kpi_is_otif('is_on_time', 'is_in_full') }}
        end as is_otif,
        is_goods_flaw,
        is_paper_flaw
    from judged
)

select * from final
