-- What was expected, by whom, when, for which period. A forecast of the whole division names no location.
with planner_forecasts as (
    select
        *,
        'planner' as forecast_origin
    from {{ ref('stg_erp__demand_forecasts') }}
),

baseline_forecasts as (
    select
        *,
        'baseline' as forecast_origin
    from {{ ref('stg_baseline__demand_forecasts') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

uom_factors as (
    select * from {{ ref('stg_unified__uom_factor') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

local_days as (
    select * from {{ ref('stg_unified__local_day') }}
),

forecasts as (
    select * from planner_forecasts

    union all

    select * from baseline_forecasts
),

superseded as (
    {{ superseded_rows(
        'forecasts',
        ['forecast_origin', 'division_code', 'item_code', 'location_code', 'made_at', 'period_start_date']
    ) }}
),

final as (
    select
        forecasts.forecast_origin,
        forecasts.division_code,
        forecasts.item_code,
        crosswalk.sku_id,
        forecasts.location_code,
        locations.location_id,
        forecasts.made_at,
        {{ local_business_date('forecasts.made_at', 'locations.time_zone') }} as made_date,
        forecasts.period_type,
        forecasts.period_start_date,
        case forecasts.period_type
            when 'day' then forecasts.period_start_date
            when 'week' then {{ add_days('forecasts.period_start_date', 6) }}
            else {{ add_days(add_months('forecasts.period_start_date', 1), -1) }}
        end as period_end_date,
        {{ base_quantity('forecasts.forecast_qty') }} as forecast_qty,
        {{ base_quantity('forecasts.statistical_qty') }} as statistical_qty,
        forecasts.forecast_method,
        forecasts.adjusted_by,
        {{ unknown_member_rule(
            "coalesce(locations.location_id, case when forecasts.location_code is null then '-' end)"
        ) }} as quarantine_rule,
        {{ lineage_columns('forecasts') }}
    from forecasts
    left join superseded
        on
            forecasts._meta_file = superseded._meta_file
            and forecasts._meta_row = superseded._meta_row
    {{ join_location('forecasts') }}
    {{ join_local_day('forecasts.made_at', 'locations.time_zone') }}
    {{ join_item_units('forecasts', 'forecasts.division_code') }}
    where superseded._meta_row is null
)

select * from final
