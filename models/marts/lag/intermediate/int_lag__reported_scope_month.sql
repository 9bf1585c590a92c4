-- Our side of what the ERPs report, month by month: a division's records of each scope it names. A record whose cost or
-- rate is missing in the month brings neither cost, stock nor sales.
with system_kpis as (
    select
        *,
        case scope_type when 'item' then 'sku' else scope_type end as stock_scope_type
    from {{ ref('fct_system_kpi') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

stock_months as (
    select * from {{ ref('int_lag__stock_value_month') }}
),

sales_months as (
    select * from {{ ref('int_lag__sales_month') }}
),

scopes as (
    select distinct
        division_code,
        scope_type,
        scope_id,
        stock_scope_type
    from system_kpis
),

members as (
    select
        scopes.division_code,
        scopes.scope_type,
        scopes.scope_id,
        stock_scopes.sku_id,
        stock_scopes.location_id
    from scopes
    inner join stock_scopes
        on scopes.stock_scope_type = stock_scopes.scope_type and scopes.scope_id = stock_scopes.scope_id
    inner join stock_records
        on
            scopes.division_code = stock_records.division_code
            and stock_scopes.sku_id = stock_records.sku_id
            and stock_scopes.location_id = stock_records.location_id
),

valued as (
    select
        members.*,
        stock_months.month_start_date,
        stock_months.known_day_count,
        stock_months.qty_days,
        stock_months.known_cost_qty_days,
        stock_months.value_days,
        stock_months.closing_amount,
        lag(stock_months.closing_amount) over (
            partition by members.division_code, members.scope_type, members.scope_id, members.sku_id, members.location_id
            order by stock_months.month_start_date
        ) as opening_amount,
        stock_months.cogs_amount,
        coalesce(sales_months.net_sales_amount, 0) as net_sales_amount,
        stock_months.value_days is null or stock_months.cogs_amount is null
        or coalesce(sales_months.has_unrated_sales, false) as is_uncosted
    from members
    inner join stock_months using (sku_id, location_id)
    left join sales_months using (sku_id, location_id, month_start_date)
),

final as (
    select
        division_code,
        scope_type,
        scope_id,
        month_start_date,
        max(known_day_count) as known_day_count,
        {%- for measure in ['qty_days', 'known_cost_qty_days'] %}
        cast(sum({{ measure }}) as decimal(24, 4)) as {{ measure }},
        {%- endfor %}
        {%- for measure in ['value_days', 'opening_amount', 'closing_amount', 'cogs_amount', 'net_sales_amount'] %}
        cast(sum({{ measure }}) filter (where not is_uncosted) as decimal(24, 4)) as {{ measure }},
        {%- endfor %}
        cast(count(*) filter (where is_uncosted) as integer) as uncosted_record_count
    from valued
    group by division_code, scope_type, scope_id, month_start_date
)

select * from final
