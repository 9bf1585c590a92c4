-- Whole orders: filled, on time and in full, and perfect, when all their lines are; one row for each location that
-- ships of it. An order waits until every line that is wanted can be judged.
with order_lines as (
    select * from {{ ref('int_service__order_line_fill') }}
    where coalesce(fill_reason, '-') not in ('withdrawn', 'nothing_ordered')
),

locations as (
    select * from {{ ref('dim_location') }}
),

orders as (
    select
        division_code,
        order_number,
        max(month_start_date) as month_start_date,
        bool_and(fill_reason is null) as is_judged,
        bool_and(is_filled) as is_filled,
        case when count(is_otif) = count(*) or not bool_and(is_otif) then bool_and(is_otif) end as is_otif,
        bool_or(is_goods_flaw) as has_goods_flaw,
        bool_or(is_paper_flaw) as has_paper_flaw
    from order_lines
    group by division_code, order_number
),

places as (
    select distinct
        division_code,
        order_number,
        location_id
    from order_lines
),

final as (
    select
        orders.division_code,
        orders.order_number,
        places.location_id,
        locations.company_code,
        min(places.location_id) over (partition by orders.division_code, orders.order_number)
        = places.location_id as is_first_location,
        orders.month_start_date,
        case when orders.is_judged then orders.is_filled end as is_filled,
        case when orders.is_judged then orders.is_otif end as is_otif,
        case
            when orders.is_judged and orders.is_otif is not null
                then orders.is_otif and not orders.has_goods_flaw and not orders.has_paper_flaw
        end as is_perfect,
        orders.has_goods_flaw,
        orders.has_paper_flaw
    from orders
    inner join places using (division_code, order_number)
    inner join locations on places.location_id = locations.location_id
)

select * from final
