-- What keeps the three sides of a record apart at a cut-off, in base units and in money, and which side stands alone.
with comparisons as (
    select
        *,
        cast(as_of_at as date) as as_of_date
    from {{ ref('int_visibility__balance_comparison') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

recon_policy as (
    {{ policy_as_of(['recon_abs_tol', 'recon_pct_tol'], over='comparisons', as_of='as_of_date') }}
),

measured as (
    select
        comparisons.*,
        cast(coalesce(comparisons.ledger_on_hand_qty, 0) - coalesce(comparisons.erp_on_hand_qty, 0) as decimal(18, 4))
            as delta_qty,
        cast(comparisons.bin_on_hand_qty - coalesce(comparisons.ledger_at_bin_qty, 0) as decimal(18, 4))
            as bin_delta_qty,
        {{ kpi_reconciliation_tolerance(
            'coalesce(comparisons.erp_on_hand_qty, 0)', 'recon_policy.recon_abs_tol', 'recon_policy.recon_pct_tol'
        ) }} as tolerance_qty,
        unit_costs.unit_cost_amount,
        stock_records.division_code,
        stock_records.currency
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
),

final as (
    select
        sku_id,
        location_id,
        cut_off_at,
        as_of_at,
        bin_as_of_at,
        erp_on_hand_qty,
        erp_quarantine_qty,
        erp_in_transit_qty,
        bin_on_hand_qty,
        is_in_erp,
        is_in_bins,
        ledger_on_hand_qty,
        ledger_at_bin_qty,
        is_in_ledger,
        as_of_date,
        delta_qty,
        bin_delta_qty,
        tolerance_qty,
        unit_cost_amount,
        division_code,
        currency,
        abs(delta_qty) <= tolerance_qty as is_matched,
        {{ kpi_side_alone(
            'abs(delta_qty) <= tolerance_qty',
            'abs(bin_delta_qty) <= tolerance_qty',
            'abs(delta_qty + bin_delta_qty) <= tolerance_qty'
        ) }} as side_alone,
        cast(cast(delta_qty as decimal(20, 4)) * unit_cost_amount as decimal(24, 4)) as delta_amount,
        cast(abs(cast(coalesce(erp_on_hand_qty, 0) as decimal(20, 4))) * unit_cost_amount as decimal(24, 4))
            as book_amount
    from measured
)

select * from final
