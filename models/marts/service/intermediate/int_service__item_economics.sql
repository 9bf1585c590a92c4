-- What a unit costs to buy, to hold and to be short of, and how high its class lets its service go.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

sku_classes as (
    select * from {{ ref('fct_governing_class') }}
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

list_prices as (
    select * from {{ ref('fct_list_price') }}
),

records as (
    select
        stock_records.*,
        cutoff.as_of_date,
        coalesce(sku_classes.abc_class, '-') as abc_class,
        sku_classes.xyz_class,
        stock_records.location_id || '|' || stock_records.category as location_category
    from stock_records
    cross join cutoff
    left join sku_classes
        on
            stock_records.company_code = sku_classes.company_code
            and stock_records.sku_id = sku_classes.sku_id
),

rates as (
    {{ policy_as_of(
        ['carrying_capital_rate', 'carrying_storage_rate', 'carrying_service_rate', 'carrying_risk_rate'],
        over='records', as_of='as_of_date',
        scopes={'location': 'location_id', 'category': 'category', 'location_category': 'location_category'}
    ) }}
),

class_policy as (
    {{ policy_as_of(
        ['goodwill_pct', 'service_cap_x', 'service_cap_y', 'service_cap_z'],
        over='records', as_of='as_of_date', scopes={'category': 'category', 'abc_class': 'abc_class'}
    ) }}
),

valued as (
    select
        records.*,
        {{ product('unit_costs.unit_cost_amount', 'company_rates.closing_rate', 6, 18) }}
            as unit_cost_amount,
        list_prices.list_price_amount
    from records
    left join unit_costs
        on
            records.sku_id = unit_costs.sku_id
            and records.location_id = unit_costs.location_id
            and records.as_of_date >= unit_costs.valid_from_date
            and records.as_of_date < unit_costs.valid_to_date
    left join company_rates
        on
            records.currency = company_rates.currency
            and records.company_currency = company_rates.company_currency
            and cast(date_trunc('month', records.as_of_date) as date) = company_rates.month_start_date
    left join list_prices
        on
            records.division_code = list_prices.division_code
            and records.sku_id = list_prices.sku_id
),

final as (
    select
        valued.sku_id,
        valued.location_id,
        valued.as_of_date,
        valued.abc_class,
        valued.xyz_class,
        valued.unit_cost_amount,
        valued.list_price_amount,
        cast(
            rates.carrying_capital_rate + rates.carrying_storage_rate + rates.carrying_service_rate
            + rates.carrying_risk_rate as decimal(18, 6)
        ) as carrying_rate,
        {{ kpi_shortage_unit_amount(
            'valued.list_price_amount', 'valued.unit_cost_amount', 'class_policy.goodwill_pct'
        ) }} as shortage_unit_amount,
        case valued.xyz_class
            when 'X' then class_policy.service_cap_x
            when 'Y' then class_policy.service_cap_y
            else class_policy.service_cap_z
        end as cap_ratio
    from valued
    inner join rates using (as_of_date, location_id, category, location_category)
    inner join class_policy using (as_of_date, category, abc_class)
)

select * from final
