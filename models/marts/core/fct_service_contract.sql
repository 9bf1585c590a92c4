-- Promises of service resolved to the stock records they cover. Of the lines of one customer and type of service that
-- are in force at the cut-off, the narrowest speaks: item before category before everything, then a location before
-- all, then the strictest.
with contracts as (
    select * from {{ ref('stg_unified__service_contract') }}
    where quarantine_rule is null
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
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

covered as (
    select
        contracts.*,
        stock_records.sku_id as covered_sku_id,
        stock_records.location_id as covered_location_id,
        stock_records.currency as division_currency,
        stock_records.company_currency,
        case
            when contracts.item_code is not null then 'item'
            when contracts.category is not null then 'category'
            else 'everything'
        end as promised_for,
        contracts.valid_from_date <= cutoff.as_of_date and cutoff.as_of_date < contracts.valid_to_date as is_in_force
    from contracts
    inner join stock_records
        on
            contracts.division_code = stock_records.division_code
            and (contracts.item_code is null or contracts.sku_id = stock_records.sku_id)
            and (contracts.category is null or contracts.category = stock_records.category)
            and (contracts.location_id is null or contracts.location_id = stock_records.location_id)
    cross join cutoff
),

ranked as (
    select
        *,
        row_number() over (
            partition by covered_sku_id, covered_location_id, customer_code, service_type, is_in_force
            order by
                case promised_for when 'item' then 0 when 'category' then 1 else 2 end asc,
                case when location_id is null then 1 else 0 end asc,
                target_ratio desc,
                contract_number asc,
                line_number asc
        ) as narrowness_rank
    from covered
),

final as (
    select
        ranked.division_code,
        ranked.contract_number,
        ranked.line_number,
        ranked.covered_sku_id as sku_id,
        ranked.covered_location_id as location_id,
        ranked.customer_code,
        ranked.promised_for,
        ranked.location_id is not null as is_for_one_location,
        ranked.service_type,
        ranked.target_ratio,
        ranked.window_day_count,
        ranked.valid_from_date,
        ranked.valid_to_date,
        ranked.is_in_force,
        ranked.is_in_force and ranked.narrowness_rank = 1 as is_speaking,
        ranked.penalty_basis,
        cast(case when ranked.penalty_basis = 'value_short' then ranked.penalty_rate end as decimal(18, 6))
            as penalty_price_ratio,
        cast(
            case
                when ranked.penalty_basis = 'unit_short'
                    then {{ multiply('ranked.penalty_rate', 'closing_rates.closing_rate') }}
            end as decimal(18, 6)
        ) as penalty_unit_amount,
        case
            when ranked.penalty_basis is null then 'no_penalty'
            when ranked.penalty_rate is null then 'no_penalty_rate'
            when ranked.penalty_basis = 'unit_short' and closing_rates.closing_rate is null then 'no_rate'
        end as penalty_reason
    from ranked
    left join closing_rates
        on
            coalesce(ranked.currency, ranked.division_currency) = closing_rates.currency
            and ranked.company_currency = closing_rates.company_currency
)

select * from final
