-- The reorder point that demand, lead times and the supplier's record speak for, beside the one the ERP plans with, and
-- the order it would ask for now. Nothing is written back.
with raw_points as (
    select
        *,
        cast(cycle_qty + proposed_safety_stock_qty as decimal(24, 4)) as raw_reorder_point_qty
    from {{ ref('int_feedback__raw_reorder_point') }}
),

net_positions as (
    select * from {{ ref('fct_inventory_position') }}
),

proposal_policy as (
    {{ policy_as_of(
        ['reorder_point_change_cap', 'reorder_point_pct_tol', 'reorder_point_abs_tol', 'safety_stock_low_ratio',
         'safety_stock_high_ratio'],
        over='raw_points', as_of='as_of_date'
    ) }}
),

capped as (
    select
        raw_points.*,
        net_positions.usable_on_hand_qty,
        net_positions.on_order_qty,
        net_positions.on_order_due_qty,
        net_positions.net_position_qty,
        net_positions.horizon_date,
        {{ kpi_is_reorder_point_off(
            'raw_points.reorder_point_qty', 'raw_points.raw_reorder_point_qty',
            'proposal_policy.reorder_point_pct_tol', 'proposal_policy.reorder_point_abs_tol'
        ) }} as is_reorder_point_off,
        {{ divide('raw_points.safety_stock_qty', 'raw_points.proposed_safety_stock_qty') }}
            as current_safety_stock_ratio,
        proposal_policy.safety_stock_low_ratio,
        proposal_policy.safety_stock_high_ratio,
        {{ kpi_capped_reorder_point(
            'raw_points.raw_reorder_point_qty', 'raw_points.reorder_point_qty',
            'proposal_policy.reorder_point_change_cap'
        ) }} as capped_reorder_point_qty
    from raw_points
    inner join net_positions
        on
            raw_points.sku_id = net_positions.sku_id
            and raw_points.location_id = net_positions.location_id
    inner join proposal_policy on raw_points.as_of_date = proposal_policy.as_of_date
),

rounded as (
    select
        *,
        case
            when capped_reorder_point_qty is not null
                then cast(ceil(greatest(capped_reorder_point_qty, 0)) as decimal(24, 4))
        end as proposed_reorder_point_qty
    from capped
),

valued as (
    select
        *,
        {{ product('proposed_reorder_point_qty - reorder_point_qty', 'unit_cost_amount', 4) }}
            as stock_change_amount,
        {{ product('abs(raw_reorder_point_qty - reorder_point_qty)', 'unit_cost_amount', 4) }}
            as reorder_point_gap_amount
    from rounded
),

final as (
    select
        sku_id,
        location_id,
        as_of_date,
        supplier_id,
        mean_daily_qty,
        sd_daily_qty,
        lead_time_days,
        lead_time_sd_days,
        lead_time_p90_days,
        lead_time_source,
        review_days,
        service_level_ratio,
        service_z_ratio,
        supplier_score_ratio,
        otif_ratio,
        quality_ratio,
        lead_time_consistency_ratio,
        quantity_accuracy_ratio,
        variant,
        sigma_qty,
        cycle_qty,
        proposed_safety_stock_qty,
        raw_reorder_point_qty,
        capped_reorder_point_qty,
        proposed_reorder_point_qty,
        reorder_point_qty as current_reorder_point_qty,
        safety_stock_qty as current_safety_stock_qty,
        current_safety_stock_ratio,
        {{ kpi_is_safety_stock_off(
            'current_safety_stock_ratio', 'safety_stock_low_ratio', 'safety_stock_high_ratio'
        ) }} as is_safety_stock_off,
        is_human_override,
        {{ kpi_reorder_point_change_ratio('proposed_reorder_point_qty', 'reorder_point_qty') }} as change_ratio,
        coalesce(capped_reorder_point_qty <> raw_reorder_point_qty, false) as is_capped,
        is_reorder_point_off,
        proposal_reason,
        {{ kpi_change_reason('proposal_reason', 'reorder_point_qty') }} as change_reason,
        usable_on_hand_qty,
        on_order_qty,
        on_order_due_qty,
        horizon_date,
        net_position_qty,
        {{ kpi_suggested_order(
            'net_position_qty', 'proposed_reorder_point_qty', 'order_qty', 'moq_qty', 'order_multiple_qty'
        ) }} as suggested_order_qty,
        unit_cost_amount,
        stock_change_amount,
        cast(
            case when stock_change_amount > 0 then stock_change_amount when stock_change_amount <= 0 then 0 end
            as decimal(24, 4)
        ) as stock_increase_amount,
        cast(
            case when stock_change_amount < 0 then -stock_change_amount when stock_change_amount >= 0 then 0 end
            as decimal(24, 4)
        ) as stock_decrease_amount,
        {{ kpi_stock_change_reason('proposal_reason', 'reorder_point_qty', 'unit_cost_amount') }}
            as stock_change_reason,
        reorder_point_gap_amount,
        cast(
            row_number() over (order by reorder_point_gap_amount desc nulls last, sku_id asc, location_id asc)
            as integer
        ) as worth_rank
    from valued
)

select * from final
