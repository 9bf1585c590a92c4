-- KPIs of the SKU master in the shape of the scorecard, one branch per registry row.
with sku_master as (
    select * from {{ ref('kpi_sku_master_conformity') }}
    where attribute_name = '*'
),

final as (
    select
        'sku_conformity_ratio' as kpi_id,
        scope_type,
        scope_id,
        as_of_date as period_start_date,
        as_of_date as period_end_date,
        cast(valid_count as decimal(24, 4)) as numerator,
        cast(checked_count as decimal(24, 4)) as denominator,
        conformity_ratio as kpi_value,
        cast(null as string) as reason_code
    from sku_master

    union all

    select
        'sku_duplicate_ratio' as kpi_id,
        scope_type,
        scope_id,
        as_of_date as period_start_date,
        as_of_date as period_end_date,
        cast(record_count - golden_count as decimal(24, 4)) as numerator,
        cast(record_count as decimal(24, 4)) as denominator,
        duplicate_ratio as kpi_value,
        cast(null as string) as reason_code
    from sku_master
)

select * from final
