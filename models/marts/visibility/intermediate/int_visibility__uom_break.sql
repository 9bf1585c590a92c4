-- Comparisons in which one side is the other times a packaging of the SKU: cases counted as units, or units as cases.
with comparisons as (
    select
        *,
        cast(as_of_at as date) as as_of_date
    from {{ ref('int_visibility__balance_comparison') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

packagings as (
    select * from {{ ref('bridge_sku_packaging') }}
),

ratio_policy as (
    {{ policy_as_of(['recon_uom_ratio_tol'], over='comparisons', as_of='as_of_date') }}
),

{% set packing = ['packagings.factor_to_base', 'ratio_policy.recon_uom_ratio_tol'] %}

final as (
    select distinct
        comparisons.sku_id,
        comparisons.location_id,
        comparisons.cut_off_at
    from comparisons
    inner join stock_records
        on
            comparisons.sku_id = stock_records.sku_id
            and comparisons.location_id = stock_records.location_id
    inner join packagings
        on
            stock_records.sku_id = packagings.sku_id
            and stock_records.division_code = packagings.division_code
    inner join ratio_policy on comparisons.as_of_date = ratio_policy.as_of_date
    where
        {{ kpi_is_factor_ratio('comparisons.wms_on_hand_qty', 'comparisons.erp_on_hand_qty', *packing) }}
        or {{ kpi_is_factor_ratio('comparisons.erp_on_hand_qty', 'comparisons.wms_on_hand_qty', *packing) }}
)

select * from final
