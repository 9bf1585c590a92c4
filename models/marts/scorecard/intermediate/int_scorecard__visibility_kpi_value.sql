-- KPIs of the subject visibility in the shape of the scorecard, one branch per registry row.
with comparisons as (
    select * from {{ ref('kpi_stock_reconciliation') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

stock_records as (
    select * from {{ ref('fct_stock_record') }}
),

flags as (
    select * from {{ ref('fct_stock_record_flag') }}
),

sku_master as (
    select * from {{ ref('kpi_sku_master_conformity') }}
    where attribute_name = '*'
),

reconciliation as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        cast(comparisons.cut_off_at as date) as period_end_date,
        cast(count(*) filter (where comparisons.is_matched) as decimal(24, 4)) as numerator,
        cast(count(*) as decimal(24, 4)) as denominator
    from comparisons
    inner join stock_scopes using (sku_id, location_id)
    where stock_scopes.scope_type <> 'sku_location'
    group by stock_scopes.scope_type, stock_scopes.scope_id, cast(comparisons.cut_off_at as date)
),

erroneous_records as (
    select distinct
        sku_id,
        location_id
    from flags
    where severity = 'error'
),

flagged as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        stock_records.as_of_date as period_end_date,
        cast(count(erroneous_records.sku_id) as decimal(24, 4)) as numerator,
        cast(count(*) as decimal(24, 4)) as denominator
    from stock_records
    inner join stock_scopes using (sku_id, location_id)
    left join erroneous_records using (sku_id, location_id)
    where stock_scopes.scope_type <> 'sku_location'
    group by stock_scopes.scope_type, stock_scopes.scope_id, stock_records.as_of_date
),

final as (
    {%- for kpi_id, rows in [('stock_match_ratio', 'reconciliation'), ('flagged_record_ratio', 'flagged')] %}
    select
        '{{ kpi_id }}' as kpi_id,
        scope_type,
        scope_id,
        period_end_date as period_start_date,
        period_end_date,
        numerator,
        denominator,
        {{ divide('numerator', 'denominator') }} as kpi_value,
        cast(null as varchar) as reason_code
    from {{ rows }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

    union all

    select
        'sku_conformity_ratio' as kpi_id,
        scope_type,
        scope_id,
        as_of_date as period_start_date,
        as_of_date as period_end_date,
        cast(valid_count as decimal(24, 4)) as numerator,
        cast(checked_count as decimal(24, 4)) as denominator,
        conformity_ratio as kpi_value,
        cast(null as varchar) as reason_code
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
        cast(null as varchar) as reason_code
    from sku_master
)

select * from final
