-- One side is the other times a packaging of the SKU: cases counted as units, or units as cases.
with breaks as (
    select * from {{ ref('int_visibility__break') }}
),

packagings as (
    select * from {{ ref('bridge_sku_packaging') }}
),

ratio_policy as (
    {{ policy_as_of(['recon_uom_ratio_tol'], over='breaks', as_of='as_of_date') }}
),

{% set packing = ['packagings.factor_to_base', 'ratio_policy.recon_uom_ratio_tol'] %}

final as (
    select
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        breaks.delta_qty as explained_qty,
        min('the sides differ by the factor ' || packagings.factor_to_base || ' of ' || packagings.uom_code) as evidence
    from breaks
    inner join packagings
        on
            breaks.sku_id = packagings.sku_id
            and breaks.division_code = packagings.division_code
    inner join ratio_policy on breaks.as_of_date = ratio_policy.as_of_date
    where
        {{ kpi_is_factor_ratio('breaks.ledger_on_hand_qty', 'breaks.erp_on_hand_qty', *packing) }}
        or {{ kpi_is_factor_ratio('breaks.erp_on_hand_qty', 'breaks.ledger_on_hand_qty', *packing) }}
    group by breaks.sku_id, breaks.location_id, breaks.cut_off_at, breaks.delta_qty
)

select * from final
