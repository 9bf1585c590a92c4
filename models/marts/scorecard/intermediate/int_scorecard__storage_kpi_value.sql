-- KPIs of storage and shelf life in the shape of the scorecard, one branch per registry row.
with risks as (
    select * from {{ ref('kpi_shelf_life_risk') }}
),

conditions as (
    select * from {{ ref('kpi_storage_condition') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

risk_values as (
    select
        'shelf_life_risk_ratio' as kpi_id,
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        max(risks.as_of_date) as as_of_date,
        sum(risks.risk_amount) as numerator,
        sum(risks.on_hand_amount) filter (where risks.risk_amount is not null) as denominator,
        min(risks.risk_reason) as reason_code
    from risks
    inner join stock_scopes using (sku_id, location_id)
    group by stock_scopes.scope_type, stock_scopes.scope_id
),

safe_values as (
    {%- for scope_type, scope_id in {
        'location': 'location_id', 'region': 'region_id', 'division': 'division_code', 'company': 'company_code'
    }.items() %}
    select
        'storage_safe_ratio' as kpi_id,
        '{{ scope_type }}' as scope_type,
        locations.{{ scope_id }} as scope_id,
        max(conditions.as_of_date) as as_of_date,
        sum({{ seconds_as_days('conditions.safe_second_count') }}) as numerator,
        sum({{ seconds_as_days('conditions.known_second_count') }}) as denominator,
        'no_reading' as reason_code
    from conditions
    inner join locations on conditions.location_id = locations.location_id
    group by locations.{{ scope_id }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    {%- for branch in ['risk_values', 'safe_values'] %}
    select
        kpi_id,
        scope_type,
        scope_id,
        as_of_date as period_start_date,
        as_of_date as period_end_date,
        cast(numerator as decimal(24, 4)) as numerator,
        cast(denominator as decimal(24, 4)) as denominator,
        {{ kpi_storage_ratio('numerator', 'denominator') }} as kpi_value,
        case when coalesce(denominator, 0) = 0 then coalesce(reason_code, 'no_stock') end as reason_code
    from {{ branch }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
