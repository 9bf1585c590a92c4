-- Order lines of customers with a contract, each under the narrowest promise of each type that held on the day the line
-- was due: item before category before everything, then a location before all, then the strictest.
with order_lines as (
    select * from {{ ref('int_service__order_line_fill') }}
    where fill_reason is null
),

contracts as (
    select * from {{ ref('fct_service_contract') }}
),

covered as (
    select
        order_lines.division_code,
        order_lines.order_number,
        order_lines.line_number as order_line_number,
        order_lines.customer_id,
        order_lines.month_start_date,
        order_lines.asked_qty,
        order_lines.filled_qty,
        order_lines.asked_amount,
        order_lines.filled_amount,
        contracts.contract_number,
        contracts.line_number,
        contracts.service_type,
        contracts.penalty_price_ratio,
        contracts.penalty_unit_amount,
        contracts.penalty_reason,
        row_number() over (
            partition by
                order_lines.division_code, order_lines.order_number, order_lines.line_number, contracts.service_type
            order by
                case contracts.promised_for when 'item' then 0 when 'category' then 1 else 2 end asc,
                case when contracts.is_for_one_location then 0 else 1 end asc,
                contracts.target_ratio desc,
                contracts.contract_number asc,
                contracts.line_number asc
        ) as narrowness_rank
    from order_lines
    inner join contracts
        on
            order_lines.sku_id = contracts.sku_id
            and order_lines.location_id = contracts.location_id
            and order_lines.customer_id = contracts.division_code || '.' || contracts.customer_code
            and order_lines.due_date >= contracts.valid_from_date
            and order_lines.due_date < contracts.valid_to_date
),

final as (
    select
        division_code,
        order_number,
        order_line_number,
        contract_number,
        line_number,
        service_type,
        month_start_date,
        asked_qty,
        filled_qty,
        cast(asked_qty - filled_qty as decimal(18, 4)) as short_qty,
        cast(asked_amount - filled_amount as decimal(24, 6)) as short_amount,
        {{ kpi_penalty_amount(
            'asked_qty - filled_qty', 'asked_amount - filled_amount', 'penalty_price_ratio', 'penalty_unit_amount',
            'penalty_reason'
        ) }} as penalty_amount
    from covered
    where narrowness_rank = 1
)

select * from final
