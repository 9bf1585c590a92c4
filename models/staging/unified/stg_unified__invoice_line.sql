-- Invoiced lines in base units. The day is the business day of the shipping location; amounts stay in their currency.
with invoice_lines as (
    select * from {{ ref('stg_erp__sales_invoice_lines') }}
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
    {{ superseded_rows(ref('stg_erp__sales_invoice_lines'), ['division_code', 'invoice_number', 'line_number']) }}
),

final as (
    select
        invoice_lines.division_code,
        invoice_lines.invoice_number,
        invoice_lines.line_number,
        invoice_lines.order_number,
        invoice_lines.order_line_number,
        invoice_lines.customer_code,
        invoice_lines.item_code,
        crosswalk.sku_id,
        locations.location_id,
        {{ base_quantity('invoice_lines.shipped_qty') }} as shipped_qty,
        invoice_lines.net_amount,
        coalesce(invoice_lines.discount_amount, 0) as discount_amount,
        invoice_lines.promotion_code,
        invoice_lines.currency,
        invoice_lines.shipped_at,
        invoice_lines.invoiced_at,
        {{ local_business_date('invoice_lines.invoiced_at', 'locations.time_zone') }} as invoiced_date,
        cast(
            date_trunc(
                'month',
                {{ local_business_date('invoice_lines.invoiced_at', 'locations.time_zone') }}
            ) as date
        ) as month_start_date,
        {{ unknown_member_rule('locations.location_id') }} as quarantine_rule,
        {{ lineage_columns('invoice_lines') }}
    from invoice_lines
    left join superseded
        on
            invoice_lines._meta_file = superseded._meta_file
            and invoice_lines._meta_row = superseded._meta_row
    {{ join_location('invoice_lines') }}
    {{ join_local_day('invoice_lines.invoiced_at', 'locations.time_zone') }}
    {{ join_item_units(
        'invoice_lines',
        'invoice_lines.division_code',
        at='coalesce(invoice_lines.shipped_at, invoice_lines.invoiced_at)'
    ) }}
    where superseded._meta_row is null
)

select * from final
