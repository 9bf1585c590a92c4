-- Returned lines in base units. The day is the business day of the location that took them back.
with sales_returns as (
    select * from {{ ref('stg_erp__sales_returns') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

uom_factors as (
    select * from {{ ref('stg_unified__uom_factor') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

local_days as (
    select * from {{ ref('stg_unified__local_day') }}
),

superseded as (
    {{ superseded_rows(ref('stg_erp__sales_returns'), ['division_code', 'return_number', 'line_number']) }}
),

final as (
    select
        sales_returns.division_code,
        sales_returns.return_number,
        sales_returns.line_number,
        sales_returns.invoice_number,
        sales_returns.invoice_line_number,
        sales_returns.customer_code,
        sales_returns.item_code,
        crosswalk.sku_id,
        locations.location_id,
        {{ base_quantity('sales_returns.returned_qty') }} as returned_qty,
        sales_returns.credit_amount,
        sales_returns.currency,
        coalesce(sales_returns.is_restocked, false) as is_restocked,
        sales_returns.reason,
        sales_returns.returned_at,
        {{ local_business_date('sales_returns.returned_at', 'locations.time_zone') }} as returned_date,
        cast(
            date_trunc(
                'month',
                {{ local_business_date('sales_returns.returned_at', 'locations.time_zone') }}
            ) as date
        ) as month_start_date,
        {{ unknown_member_rule('locations.location_id') }} as quarantine_rule,
        {{ lineage_columns('sales_returns') }}
    from sales_returns
    left join superseded
        on
            sales_returns._meta_file = superseded._meta_file
            and sales_returns._meta_row = superseded._meta_row
    {{ join_location('sales_returns') }}
    {{ join_local_day('sales_returns.returned_at', 'locations.time_zone') }}
    {{ join_item_units('sales_returns', 'sales_returns.division_code', at='sales_returns.returned_at') }}
    where superseded._meta_row is null
)

select * from final
