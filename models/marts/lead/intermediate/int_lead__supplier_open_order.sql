-- What each supplier still owes at the cut-off.
with order_lines as (
    select * from {{ ref('int_lead__lead_time_line') }}
    where is_open
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

final as (
    select
        order_lines.supplier_id,
        order_lines.division_code,
        order_lines.company_code,
        cutoff.as_of_date as evaluated_date,
        cast(count(*) as integer) as open_line_count,
        cast(count(*) filter (where order_lines.planned_date < cutoff.as_of_date) as integer) as overdue_line_count,
        cast(count(*) filter (where order_lines.open_amount is null) as integer) as unvalued_line_count,
        cast(sum(order_lines.open_amount) as decimal(24, 4)) as open_amount,
        cast(sum(order_lines.open_amount) filter (where order_lines.planned_date < cutoff.as_of_date) as decimal(24, 4))
            as overdue_amount
    from order_lines
    cross join cutoff
    group by order_lines.supplier_id, order_lines.division_code, order_lines.company_code, cutoff.as_of_date
)

select * from final
