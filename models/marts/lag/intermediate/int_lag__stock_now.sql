-- Every stock record at the cut-off with its class, its cost and its value in company currency; negative stock as nil.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

stock_states as (
    select * from {{ ref('fct_stock_state') }}
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

classes as (
    select * from {{ ref('fct_governing_class') }}
),

joined as (
    select
        stock_records.*,
        cutoff.as_of_date,
        coalesce(classes.abc_class, '-') as abc_class,
        classes.xyz_class,
        greatest(coalesce(stock_states.on_hand_qty, 0), 0) as on_hand_qty,
        greatest(coalesce(stock_states.expired_qty, 0), 0) as expired_qty,
        {{ multiply('unit_costs.unit_cost_amount', 'company_rates.closing_rate') }} as unit_cost_amount,
        coalesce(unit_costs.is_known_cost, false) as is_known_cost
    from stock_records
    cross join cutoff
    left join stock_states using (sku_id, location_id)
    left join unit_costs
        on
            stock_records.sku_id = unit_costs.sku_id
            and stock_records.location_id = unit_costs.location_id
            and cutoff.as_of_date >= unit_costs.valid_from_date
            and cutoff.as_of_date < unit_costs.valid_to_date
    left join company_rates
        on
            stock_records.currency = company_rates.currency
            and stock_records.company_currency = company_rates.company_currency
            and cast(date_trunc('month', cutoff.as_of_date) as date) = company_rates.month_start_date
    left join classes
        on stock_records.company_code = classes.company_code and stock_records.sku_id = classes.sku_id
),

final as (
    select
        sku_id,
        location_id,
        as_of_date,
        division_code,
        company_code,
        category,
        abc_class,
        xyz_class,
        cast(on_hand_qty as decimal(18, 4)) as on_hand_qty,
        cast(least(expired_qty, on_hand_qty) as decimal(18, 4)) as expired_qty,
        cast(unit_cost_amount as decimal(18, 6)) as unit_cost_amount,
        is_known_cost,
        case when on_hand_qty = 0 then 0 else {{ fixed(multiply('on_hand_qty', 'unit_cost_amount')) }} end
            as on_hand_amount
    from joined
)

select * from final
