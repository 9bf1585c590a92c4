with write_offs as (
    select * from {{ ref('stg_unified__write_off') }}
    where quarantine_rule is null
),

locations as (
    select * from {{ ref('dim_location') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

final as (
    select
        write_offs.division_code,
        write_offs.write_off_number,
        write_offs.item_code,
        write_offs.sku_id,
        write_offs.location_id,
        write_offs.lot_code,
        write_offs.write_off_kind,
        write_offs.reason,
        write_offs.posted_date,
        write_offs.month_start_date,
        write_offs.write_off_qty,
        {{ product('write_offs.source_write_off_amount', 'company_rates.average_rate', 6, 18) }}
            as write_off_amount,
        write_offs.source_write_off_amount,
        write_offs.currency,
        write_offs.posted_at,
        write_offs.is_reversal,
        write_offs.reverses_number
    from write_offs
    inner join locations on write_offs.location_id = locations.location_id
    left join company_rates
        on
            write_offs.currency = company_rates.currency
            and locations.company_currency = company_rates.company_currency
            and write_offs.month_start_date = company_rates.month_start_date
)

select * from final
