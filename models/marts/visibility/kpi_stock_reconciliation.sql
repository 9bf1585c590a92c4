with comparisons as (
    select
        *,
        cast(as_of_at as date) as as_of_date
    from {{ ref('int_visibility__balance_comparison') }}
),

timing_breaks as (
    select * from {{ ref('int_visibility__timing_break') }}
),

movements as (
    select * from {{ ref('fct_stock_movement') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

uom_breaks as (
    select * from {{ ref('int_visibility__uom_break') }}
),

recon_policy as (
    {{ policy_as_of(['recon_abs_tol', 'recon_pct_tol'], over='comparisons', as_of='as_of_date') }}
),

opened_records as (
    select distinct
        sku_id,
        location_id
    from movements
    where event_type = 'opening_balance'
),

measured as (
    select
        comparisons.*,
        cast(coalesce(comparisons.wms_on_hand_qty, 0) - coalesce(comparisons.erp_on_hand_qty, 0) as decimal(18, 4))
            as delta_qty,
        {{ kpi_reconciliation_tolerance(
            'coalesce(comparisons.erp_on_hand_qty, 0)', 'recon_policy.recon_abs_tol', 'recon_policy.recon_pct_tol'
        ) }} as tolerance_qty,
        unit_costs.unit_cost_amount,
        stock_records.currency,
        opened_records.sku_id is not null as has_opening_event,
        timing_breaks.sku_id is not null as is_timing
    from comparisons
    inner join stock_records
        on
            comparisons.sku_id = stock_records.sku_id
            and comparisons.location_id = stock_records.location_id
    left join recon_policy on comparisons.as_of_date = recon_policy.as_of_date
    left join unit_costs
        on
            comparisons.sku_id = unit_costs.sku_id
            and comparisons.location_id = unit_costs.location_id
            and comparisons.as_of_date >= unit_costs.valid_from_date
            and comparisons.as_of_date < unit_costs.valid_to_date
    left join opened_records
        on
            comparisons.sku_id = opened_records.sku_id
            and comparisons.location_id = opened_records.location_id
    left join timing_breaks
        on
            comparisons.sku_id = timing_breaks.sku_id
            and comparisons.location_id = timing_breaks.location_id
            and comparisons.cut_off_at = timing_breaks.cut_off_at
),

-- A difference that has been the same at every cut-off so far, in a ledger that never received an opening balance; and
-- the number of matches so far, which names the run of breaks a row belongs to.
history as (
    select
        sku_id,
        location_id,
        cut_off_at,
        abs(delta_qty) > tolerance_qty as is_broken,
        min(delta_qty) over past_cut_offs = max(delta_qty) over past_cut_offs as is_constant,
        count(*) filter (where abs(delta_qty) <= tolerance_qty) over past_cut_offs as match_count
    from measured
    window past_cut_offs as (partition by sku_id, location_id order by cut_off_at)
),

constancy as (
    select
        *,
        min(case when is_broken then cut_off_at end) over (
            partition by sku_id, location_id, match_count order by cut_off_at
        ) as run_start_at
    from history
),

final as (
    select
        measured.sku_id,
        measured.location_id,
        measured.cut_off_at,
        measured.as_of_at,
        measured.erp_on_hand_qty,
        measured.wms_on_hand_qty,
        measured.delta_qty,
        measured.tolerance_qty,
        abs(measured.delta_qty) <= measured.tolerance_qty as is_matched,
        case
            when abs(measured.delta_qty) <= measured.tolerance_qty then 'matched'
            when uom_breaks.sku_id is not null then 'uom_mismatch'
            when constancy.is_constant and not measured.has_opening_event then 'opening_balance'
            when measured.is_timing then 'timing'
            when measured.erp_quarantine_qty <> 0 and abs(measured.delta_qty) = measured.erp_quarantine_qty
                then 'status_mismatch'
            when not (measured.is_in_erp and measured.is_in_wms) then 'master_mismatch'
            else 'true_variance'
        end as break_class,
        cast(cast(measured.delta_qty as decimal(20, 4)) * measured.unit_cost_amount as decimal(24, 4)) as delta_amount,
        measured.currency,
        case
            when constancy.is_broken
                then cast({{ days_between('constancy.run_start_at', 'measured.cut_off_at') }} as integer)
        end as break_age_days
    from measured
    inner join constancy
        on
            measured.sku_id = constancy.sku_id
            and measured.location_id = constancy.location_id
            and measured.cut_off_at = constancy.cut_off_at
    left join uom_breaks
        on
            measured.sku_id = uom_breaks.sku_id
            and measured.location_id = uom_breaks.location_id
            and measured.cut_off_at = uom_breaks.cut_off_at
)

select * from final
