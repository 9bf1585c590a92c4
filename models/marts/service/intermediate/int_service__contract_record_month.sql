-- Records and months that a promise of stock or of cycles covers: the narrowest line of its customer and type in force
-- in the month.
with contracts as (
    select * from {{ ref('fct_service_contract') }}
    where service_type in ('in_stock', 'cycle')
),

days as (
    select * from {{ ref('dim_date') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

months as (
    select distinct
        days.month_start_date,
        days.month_end_date
    from days
    inner join cutoff on days.month_start_date < cutoff.as_of_date
),

ranked as (
    select
        contracts.division_code,
        contracts.contract_number,
        contracts.line_number,
        contracts.service_type,
        contracts.sku_id,
        contracts.location_id,
        months.month_start_date,
        row_number() over (
            partition by
                contracts.sku_id, contracts.location_id, contracts.customer_code, contracts.service_type,
                months.month_start_date
            order by
                case contracts.promised_for when 'item' then 0 when 'category' then 1 else 2 end asc,
                case when contracts.is_for_one_location then 0 else 1 end asc,
                contracts.target_ratio desc,
                contracts.contract_number asc,
                contracts.line_number asc
        ) as narrowness_rank
    from contracts
    inner join months
        on
            contracts.valid_from_date <= months.month_end_date
            and contracts.valid_to_date > months.month_start_date
),

final as (
    select
        division_code,
        contract_number,
        line_number,
        service_type,
        sku_id,
        location_id,
        month_start_date
    from ranked
    where narrowness_rank = 1
)

select * from final
