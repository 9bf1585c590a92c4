-- Our GMROII in the words of the ERPs, to be taken back into them: item and location codes of the division, the
-- twelve months it speaks of, and the amounts it stands on. The last closed months, as many as policy
-- gmroii_file_months says.
with returns as (
    select * from {{ ref('kpi_gmroii') }}
    where is_month_closed and scope_type in ('sku_location', 'category', 'location', 'division')
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
    where scope_type = 'sku_location'
),

locations as (
    select * from {{ ref('dim_location') }}
),

system_ids as (
    select
        division_code,
        sku_id,
        min(item_code) as item_code
    from {{ ref('bridge_sku_system_id') }}
    group by division_code, sku_id
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

file_policy as (
    {{ policy_as_of(['gmroii_file_months'], over='cutoff', as_of='as_of_date') }}
),

recent as (
    select
        returns.*,
        stock_scopes.sku_id,
        coalesce(stock_scopes.location_id, case when returns.scope_type = 'location' then returns.scope_id end)
            as location_id
    from returns
    cross join file_policy
    left join stock_scopes on returns.scope_id = stock_scopes.scope_id and returns.scope_type = stock_scopes.scope_type
    where returns.last_day_date >= {{ add_months('file_policy.as_of_date', '-file_policy.gmroii_file_months') }}
),

final as (
    select
        recent.scope_type,
        recent.scope_id,
        coalesce(
            locations.division_code, case when recent.scope_type = 'division' then recent.scope_id end
        ) as division_code,
        locations.location_code,
        system_ids.item_code,
        {{ add_months('recent.month_start_date', -11) }} as period_start_date,
        recent.last_day_date as period_end_date,
        recent.gmroii_ratio,
        recent.gmroii_reason,
        recent.gross_margin_amount,
        recent.avg_inventory_amount,
        recent.gmroii_month_ratio,
        recent.cost_coverage_ratio,
        recent.is_low_cost_coverage
    from recent
    left join locations on recent.location_id = locations.location_id
    left join system_ids
        on recent.sku_id = system_ids.sku_id and locations.division_code = system_ids.division_code
)

select * from final
