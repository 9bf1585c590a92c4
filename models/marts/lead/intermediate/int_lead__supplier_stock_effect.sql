-- What the supplier's lead time of late would ask for as safety stock, beside what its base asked for: over the SKUs
-- that are replenished from it, at their own demand and the service they are planned with.
with stock_records as (
    select * from {{ ref('int_lead__supplied_record') }}
),

moments as (
    select * from {{ ref('int_lead__lead_time_moment') }}
    where segment_type = 'supplier'
),

asked as (
    select
        stock_records.supplier_id,
        moments.evaluated_date,
        {%- for name in ['recent', 'base'] %}
        {{ kpi_uniform_ss_qty('stock_records.service_deviate_ratio', kpi_lead_time_demand_sd(
            'cast(moments.' ~ name ~ '_mean_days + stock_records.review_days as decimal(18, 6))',
            'stock_records.sd_daily_qty', 'stock_records.mean_daily_qty', 'moments.' ~ name ~ '_sd_days'
        )) }} as {{ name }}_ss_qty,
        {%- endfor %}
        stock_records.unit_cost_amount
    from stock_records
    inner join moments
        on
            stock_records.supplier_id = moments.supplier_id
            and stock_records.as_of_date = moments.evaluated_date
),

final as (
    select
        supplier_id,
        evaluated_date,
        cast(count(*) as integer) as record_count,
        cast(count(*) filter (where unit_cost_amount is null) as integer) as uncosted_record_count,
        {{ fixed('sum(' ~ multiply('recent_ss_qty', 'unit_cost_amount') ~ ')') }} as recent_ss_amount,
        {{ fixed('sum(' ~ multiply('base_ss_qty', 'unit_cost_amount') ~ ')') }} as base_ss_amount
    from asked
    group by supplier_id, evaluated_date
)

select * from final
