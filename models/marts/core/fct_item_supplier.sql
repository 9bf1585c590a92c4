-- Terms of supply in company currency, with the one supplier that planning reckons with for each SKU of a division.
with item_suppliers as (
    select * from {{ ref('stg_unified__item_supplier') }}
    where quarantine_rule is null
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

divisions as (
    select
        division_code,
        max(company_currency) as company_currency
    from locations
    group by division_code
),

closing_rates as (
    select
        company_rates.currency,
        company_rates.company_currency,
        company_rates.closing_rate
    from company_rates
    inner join cutoff
        on company_rates.month_start_date = cast(date_trunc('month', cutoff.as_of_date) as date)
),

-- The preferred supplier speaks; among several or none, the cheapest, then the first by code.
ranked as (
    select
        *,
        row_number() over (
            partition by division_code, sku_id
            order by is_preferred desc, unit_price_amount asc nulls last, supplier_code asc, item_code asc
        ) as choice_rank
    from item_suppliers
),

final as (
    select
        ranked.division_code,
        ranked.item_code,
        ranked.sku_id,
        ranked.supplier_id,
        ranked.is_preferred,
        ranked.choice_rank = 1 as is_chosen,
        ranked.moq_qty,
        ranked.order_multiple_qty,
        ranked.planned_lead_time_days,
        {{ product('ranked.unit_price_amount', 'closing_rates.closing_rate', 6, 18) }}
            as unit_price_amount,
        {{ product('ranked.order_cost_amount', 'closing_rates.closing_rate', 6, 18) }}
            as order_cost_amount,
        ranked.currency
    from ranked
    left join divisions on ranked.division_code = divisions.division_code
    left join closing_rates
        on
            ranked.currency = closing_rates.currency
            and divisions.company_currency = closing_rates.company_currency
)

select * from final
