-- Where each record that was forecast belongs, whether it ever moved or not, and what a unit of it costs.
with forecast_months as (
    select * from {{ ref('int_lead__forecast_month') }}
),

skus as (
    select * from {{ ref('dim_sku') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

current_costs as (
    select * from {{ ref('int_lead__current_cost') }}
),

records as (
    select distinct
        sku_id,
        location_id
    from forecast_months
),

final as (
    select
        records.sku_id,
        records.location_id,
        skus.category,
        locations.region_id,
        locations.division_code,
        locations.company_code,
        records.sku_id || '|' || records.location_id as sku_location_id,
        locations.division_code || '|' || skus.category as family_id,
        current_costs.unit_cost_amount
    from records
    inner join skus on records.sku_id = skus.sku_id
    inner join locations on records.location_id = locations.location_id
    left join current_costs
        on
            records.sku_id = current_costs.sku_id
            and records.location_id = current_costs.location_id
)

select * from final
