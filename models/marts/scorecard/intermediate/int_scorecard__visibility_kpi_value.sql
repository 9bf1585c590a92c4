-- KPIs of the subject visibility in the shape of the scorecard, one branch per registry row.
with agreements as (
    select * from {{ ref('fct_stock_agreement') }}
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

reconciliation as (
    select
        scope_type,
        scope_id,
        agreement_date as period_end_date,
        cast(matched_record_count as decimal(24, 4)) as numerator,
        cast(record_count as decimal(24, 4)) as denominator,
        match_ratio as kpi_value,
        cast(null as varchar) as reason_code
    from agreements
),

gross_variance as (
    select
        scope_type,
        scope_id,
        agreement_date as period_end_date,
        gross_amount as numerator,
        book_amount as denominator,
        gross_variance_ratio as kpi_value,
        gross_variance_reason as reason_code
    from agreements
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
        cast(count(*) as decimal(24, 4)) as denominator,
        {{ divide('cast(count(erroneous_records.sku_id) as decimal(24, 4))', 'cast(count(*) as decimal(24, 4))') }}
            as kpi_value,
        cast(null as varchar) as reason_code
    from stock_records
    inner join stock_scopes using (sku_id, location_id)
    left join erroneous_records using (sku_id, location_id)
    where stock_scopes.scope_type <> 'sku_location'
    group by stock_scopes.scope_type, stock_scopes.scope_id, stock_records.as_of_date
),

final as (
    {%- for kpi_id, rows in [
        ('stock_match_ratio', 'reconciliation'),
        ('gross_variance_ratio', 'gross_variance'),
        ('flagged_record_ratio', 'flagged'),
    ] %}
    select
        '{{ kpi_id }}' as kpi_id,
        scope_type,
        scope_id,
        period_end_date as period_start_date,
        period_end_date,
        numerator,
        denominator,
        kpi_value,
        reason_code
    from {{ rows }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
