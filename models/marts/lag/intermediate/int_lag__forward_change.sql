-- Steps of expected demand in units and at cost, of the records whose stock has a value at the month's end.
with rates as (
    select * from {{ ref('int_lag__forward_rate') }}
),

windows as (
    select * from {{ ref('int_lag__turnover_window') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

final as (
    select
        rates.sku_id,
        rates.location_id,
        rates.month_start_date,
        rates.from_day_count,
        rates.forward_source,
        rates.change_qty,
        case
            when windows.closing_amount is not null
                then {{ kpi_step_amount(
                    'rates.change_qty', 'unit_costs.unit_cost_amount', 'company_rates.closing_rate'
                ) }}
        end as change_amount
    from rates
    inner join windows using (sku_id, location_id, month_start_date)
    inner join stock_records using (sku_id, location_id)
    {{ join_unit_cost('rates', 'windows.last_day_date') }}
    left join company_rates
        on
            stock_records.currency = company_rates.currency
            and stock_records.company_currency = company_rates.company_currency
            and rates.month_start_date = company_rates.month_start_date
)

select * from final
