-- What planning may expect a replenishment to take: the SKU-location's own receipts, drawn towards its supplier's,
-- which are drawn towards its category's.
with supplied as (
    select * from {{ ref('int_core__replenishment_supplier') }}
),

pools as (
    select * from {{ ref('fct_lead_time_pool') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

lead_time_policy as (
    {{ policy_as_of(['lead_time_shrinkage', 'lead_time_p90_min_receipts'], over='cutoff', as_of='as_of_date') }}
),

pooled as (
    select
        supplied.*,
        lead_time_policy.as_of_date,
        lead_time_policy.lead_time_shrinkage,
        lead_time_policy.lead_time_p90_min_receipts,
        {%- for pool in ['own', 'supplier', 'category'] %}
        coalesce({{ pool }}_pool.receipt_count, 0) as {{ pool }}_receipt_count,
        {{ pool }}_pool.mean_lead_time_days as {{ pool }}_mean_days,
        {{ pool }}_pool.sd_lead_time_days as {{ pool }}_sd_days,
        {{ pool }}_pool.p90_lead_time_days as {{ pool }}_p90_days,
        {%- endfor %}
        coalesce(own_pool.negative_count, 0) as negative_count
    from supplied
    cross join lead_time_policy
    left join pools as own_pool
        on
            supplied.sku_id || '|' || supplied.location_id || '|' || supplied.supplier_id = own_pool.pool_id
            and own_pool.pool_type = 'sku_location'
    left join pools as supplier_pool
        on
            supplied.supplier_id = supplier_pool.pool_id
            and supplier_pool.pool_type = 'supplier'
    left join pools as category_pool
        on
            supplied.category_pool_id = category_pool.pool_id
            and category_pool.pool_type = 'category'
),

shrunk as (
    select
        *,
        {{ kpi_shrunk('supplier_mean_days', 'supplier_receipt_count', 'category_mean_days', 'lead_time_shrinkage') }}
            as wider_mean_days,
        {{ kpi_shrunk('supplier_sd_days', 'supplier_receipt_count', 'category_sd_days', 'lead_time_shrinkage') }}
            as wider_sd_days
    from pooled
),

final as (
    select
        sku_id,
        location_id,
        supplier_id,
        as_of_date,
        own_receipt_count as receipt_count,
        negative_count,
        own_mean_days as mean_lead_time_days,
        own_sd_days as sd_lead_time_days,
        supplier_receipt_count,
        supplier_mean_days as supplier_mean_lead_time_days,
        supplier_sd_days as supplier_sd_lead_time_days,
        category_receipt_count,
        category_mean_days as category_mean_lead_time_days,
        category_sd_days as category_sd_lead_time_days,
        planned_lead_time_days,
        coalesce(
            {{ kpi_shrunk('own_mean_days', 'own_receipt_count', 'wider_mean_days', 'lead_time_shrinkage') }},
            planned_lead_time_days
        ) as lead_time_days,
        {{ kpi_shrunk('own_sd_days', 'own_receipt_count', 'wider_sd_days', 'lead_time_shrinkage') }}
            as lead_time_sd_days,
        coalesce(
            case when own_receipt_count >= lead_time_p90_min_receipts then own_p90_days end,
            case when supplier_receipt_count >= lead_time_p90_min_receipts then supplier_p90_days end,
            case when category_receipt_count >= lead_time_p90_min_receipts then category_p90_days end,
            supplier_p90_days,
            category_p90_days,
            planned_lead_time_days
        ) as lead_time_p90_days,
        {{ kpi_lead_time_source(
            'own_receipt_count', 'supplier_receipt_count', 'category_receipt_count', 'planned_lead_time_days'
        ) }} as lead_time_source
    from shrunk
)

select * from final
