-- Where a 3PL and our ledger agree, of all that either holds.
with stock_pairs as (
    select * from {{ ref('int_visibility__tpl_stock_pair') }}
    where tpl_on_hand_qty <> 0 or ledger_on_hand_qty <> 0
),

recon_policy as (
    {{ policy_as_of(['recon_abs_tol', 'recon_pct_tol'], over='stock_pairs', as_of='cut_off_date') }}
),

final as (
    select
        stock_pairs.provider_code,
        stock_pairs.sku_id,
        stock_pairs.location_id,
        stock_pairs.cut_off_at,
        stock_pairs.cut_off_date,
        stock_pairs.tpl_on_hand_qty,
        stock_pairs.ledger_on_hand_qty,
        cast(stock_pairs.tpl_on_hand_qty - stock_pairs.ledger_on_hand_qty as decimal(18, 4)) as delta_qty,
        abs(stock_pairs.tpl_on_hand_qty - stock_pairs.ledger_on_hand_qty) <= {{ kpi_reconciliation_tolerance(
            'stock_pairs.ledger_on_hand_qty', 'recon_policy.recon_abs_tol', 'recon_policy.recon_pct_tol'
        ) }} as is_matched
    from stock_pairs
    left join recon_policy on stock_pairs.cut_off_date = recon_policy.cut_off_date
)

select * from final
