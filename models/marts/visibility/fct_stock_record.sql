-- Everything the record rules look at, one row per stock record at the cut-off, thresholds beside what they judge.
with cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

classes as (
    select * from {{ ref('fct_governing_class') }}
),

system_ids as (
    select * from {{ ref('bridge_sku_system_id') }}
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

record_demand as (
    select * from {{ ref('int_visibility__record_demand') }}
),

record_activity as (
    select * from {{ ref('int_visibility__record_activity') }}
),

-- Goods are on sale in a division while any of its codes for them is.
sales_status as (
    select
        system_ids.sku_id,
        system_ids.division_code,
        bool_or(
            coalesce(system_ids.end_of_life_date, date '9999-12-31') > cutoff.as_of_date
            and coalesce(lower(system_ids.item_status), 'active') not in ('blocked', 'discontinued', 'obsolete')
        ) as is_on_sale
    from system_ids
    cross join cutoff
    group by system_ids.sku_id, system_ids.division_code
),

records as (
    select
        stock_records.*,
        cutoff.as_of_at,
        cutoff.as_of_date,
        coalesce(classes.abc_class, '-') as abc_class,
        coalesce(sales_status.is_on_sale, true) as is_on_sale
    from stock_records
    cross join cutoff
    left join sales_status
        on
            stock_records.sku_id = sales_status.sku_id
            and stock_records.division_code = sales_status.division_code
    left join classes
        on
            stock_records.company_code = classes.company_code
            and stock_records.sku_id = classes.sku_id
),

record_policy as (
    {{ policy_as_of(
        ['max_record_age_days', 'count_cycle_days', 'count_overdue_factor', 'min_zero_sales_probability',
         'selling_min_demand_days', 'max_days_since_movement'],
        over='records', as_of='as_of_date', scopes={'abc_class': 'abc_class', 'location': 'location_id'}
    ) }}
),

final as (
    select
        records.sku_id,
        records.location_id,
        records.division_code,
        records.category,
        records.as_of_date,
        records.abc_class,
        cast(coalesce(on_hand.on_hand_qty, 0) as decimal(18, 4)) as on_hand_qty,
        cast(
            cast(greatest(coalesce(on_hand.on_hand_qty, 0), 0) as decimal(20, 4))
            * cast(cast(unit_costs.unit_cost_amount as decimal(20, 6)) * company_rates.closing_rate as decimal(18, 6))
            as decimal(24, 4)
        ) as on_hand_amount,
        cast(cast(unit_costs.unit_cost_amount as decimal(20, 6)) * company_rates.closing_rate as decimal(18, 6))
            as unit_cost_amount,
        coalesce(unit_costs.cost_source, 'none') as cost_source,
        coalesce(unit_costs.is_known_cost, false) as is_known_cost,
        record_activity.record_as_of,
        cast({{ days_between('cast(record_activity.record_as_of as date)', 'records.as_of_date') }} as integer)
            as record_age_days,
        cast(record_policy.max_record_age_days as integer) as max_record_age_days,
        record_activity.last_counted_at,
        cast({{ days_between('record_activity.waiting_since_date', 'records.as_of_date') }} as integer)
            as days_since_count,
        cast(floor(record_policy.count_cycle_days * record_policy.count_overdue_factor) as integer)
            as max_days_since_count,
        record_activity.last_movement_date,
        cast({{ days_between('record_activity.last_movement_date', 'records.as_of_date') }} as integer)
            as days_since_movement,
        cast(record_policy.max_days_since_movement as integer) as max_days_since_movement,
        -- Goods taken off sale are expected not to sell: their silence says nothing about the record.
        coalesce(
            record_demand.demand_day_count >= record_policy.selling_min_demand_days
            and records.is_on_sale,
            false
        ) as was_selling,
        record_demand.zero_sales_day_count as zero_sales_days,
        {{ kpi_zero_run_probability(
            divide('record_demand.demand_day_count', 'record_demand.selling_open_day_count'),
            'record_demand.zero_sales_day_count'
        ) }} as zero_sales_probability,
        cast(record_policy.min_zero_sales_probability as decimal(18, 8)) as min_zero_sales_probability,
        record_activity.balance_delta_qty,
        record_activity.balance_tolerance_qty
    from records
    inner join record_policy using (as_of_date, abc_class, location_id)
    left join on_hand
        on
            records.sku_id = on_hand.sku_id
            and records.location_id = on_hand.location_id
            and records.as_of_at >= on_hand.valid_from
            and records.as_of_at < on_hand.valid_to
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
    left join record_demand
        on records.sku_id = record_demand.sku_id and records.location_id = record_demand.location_id
    left join record_activity
        on records.sku_id = record_activity.sku_id and records.location_id = record_activity.location_id
)

select * from final
