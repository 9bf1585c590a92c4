-- Lead times that stock must last, of the order lines received in full in the policy's window: from the day the order
-- went out, not from its confirmation (A23). A negative one is kept and marked: raised after the goods had come.
with order_lines as (
    select * from {{ ref('fct_purchase_order_line') }}
    where order_line_status <> 'cancelled'
),

locations as (
    select * from {{ ref('dim_location') }}
),

skus as (
    select * from {{ ref('dim_sku') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

lead_time_policy as (
    {{ policy_as_of(['lead_time_window_days', 'lead_time_cap_factor'], over='cutoff', as_of='as_of_date') }}
),

ordered as (
    select
        order_lines.*,
        {{ business_date(
            'coalesce(order_lines.sent_at, order_lines.created_at, order_lines.confirmed_at)', 'locations.time_zone'
        ) }} as ordered_date
    from order_lines
    inner join locations on order_lines.location_id = locations.location_id
),

windowed as (
    select
        ordered.*,
        {{ days_between('ordered.ordered_date', 'ordered.full_receipt_date') }} as days_to_full_receipt,
        skus.category,
        lead_time_policy.lead_time_cap_factor
    from ordered
    inner join skus on ordered.sku_id = skus.sku_id
    inner join lead_time_policy
        on
            ordered.full_receipt_date <= lead_time_policy.as_of_date
            and ordered.full_receipt_date
            > {{ add_days('lead_time_policy.as_of_date', '-lead_time_policy.lead_time_window_days') }}
),

supplier_limits as (
    select
        supplier_id,
        cast({{ quantile_observed('days_to_full_receipt', 0.99) }} as integer) as p99_lead_time_days
    from windowed
    where days_to_full_receipt >= 0
    group by supplier_id
),

final as (
    select
        windowed.purchase_order_line_id,
        windowed.sku_id,
        windowed.location_id,
        windowed.supplier_id,
        windowed.division_code,
        windowed.category,
        windowed.ordered_date,
        windowed.full_receipt_date,
        cast(windowed.days_to_full_receipt as decimal(9, 2)) as lead_time_days,
        case
            when windowed.days_to_full_receipt >= 0
                then
                    {{ kpi_capped_lead_time(
                        'windowed.days_to_full_receipt', 'supplier_limits.p99_lead_time_days',
                        'windowed.lead_time_cap_factor'
                    ) }}
        end as capped_lead_time_days,
        windowed.days_to_full_receipt < 0 as is_negative
    from windowed
    left join supplier_limits on windowed.supplier_id = supplier_limits.supplier_id
)

select * from final
