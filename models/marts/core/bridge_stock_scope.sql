-- Every scope a stock record rolls up to. A ratio of a scope is the sum of numerators over the sum of denominators of
-- the records this bridge gives it; summing over several scope types counts a record several times.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

{% set scopes = {
    'sku_location': "sku_id || '|' || location_id",
    'sku': 'sku_id',
    'category': 'category',
    'location': 'location_id',
    'region': 'region_id',
    'division': 'division_code',
    'company': 'company_code',
} %}

final as (
    {%- for scope_type, scope_id in scopes.items() %}
    select
        sku_id,
        location_id,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id
    from stock_records
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
