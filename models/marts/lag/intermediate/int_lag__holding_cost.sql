-- What holding each stock record cost in each month, by component, company currency; null where the stock has no cost.
with stock_months as (
    select * from {{ ref('int_lag__stock_value_month') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

handlings as (
    select * from {{ ref('dim_sku_handling') }}
),

risk_months as (
    select * from {{ ref('int_lag__risk_month') }}
),

records as (
    select
        stock_months.*,
        stock_records.category,
        stock_records.location_id || '|' || stock_records.category as location_category,
        {{ product('stock_months.qty_days', 'handlings.cube_m3', 4) }} as m3_days
    from stock_months
    inner join stock_records using (sku_id, location_id)
    left join handlings
        on stock_records.division_code = handlings.division_code and stock_records.sku_id = handlings.sku_id
),

rates as (
    {{ policy_as_of(
        ['carrying_capital_rate', 'carrying_storage_rate', 'carrying_service_rate', 'carrying_risk_rate',
         'storage_m3_rate', 'storage_cost_basis:text', 'carrying_risk_basis:text'],
        over='records', as_of='last_day_date',
        scopes={'location': 'location_id', 'category': 'category', 'location_category': 'location_category'}
    ) }}
),

costed as (
    select
        records.*,
        {%- for component in ['capital', 'storage', 'service', 'risk'] %}
        {{ kpi_carrying_cost('records.value_days', 'rates.carrying_' ~ component ~ '_rate') }}
            as {{ component }}_amount,
        {%- endfor %}
        rates.storage_m3_rate,
        rates.storage_cost_basis,
        rates.carrying_risk_basis
    from records
    inner join rates using (last_day_date, location_id, category, location_category)
),

final as (
    select
        costed.sku_id,
        costed.location_id,
        costed.month_start_date,
        costed.last_day_date,
        costed.is_month_closed,
        costed.known_day_count,
        costed.value_days,
        costed.cogs_amount,
        costed.qty_days,
        costed.known_cost_qty_days,
        case when costed.value_days is not null then costed.m3_days end as m3_days,
        costed.capital_amount,
        {{ kpi_storage_cost(
            'costed.storage_cost_basis', 'costed.storage_amount', 'costed.m3_days', 'costed.storage_m3_rate'
        ) }} as storage_amount,
        costed.service_amount,
        cast(
            {{ kpi_risk_cost(
                'costed.carrying_risk_basis', 'costed.risk_amount',
                'risk_months.write_off_amount + risk_months.shrink_amount'
            ) }} as decimal(24, 4)
        ) as risk_amount
    from costed
    left join risk_months
        on
            costed.sku_id = risk_months.sku_id
            and costed.location_id = risk_months.location_id
            and costed.month_start_date = risk_months.month_start_date
)

select * from final
