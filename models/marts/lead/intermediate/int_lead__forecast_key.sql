-- SKUs and SKU-locations of which a bias is told at once: class A of their company, or named as key by the master.
with members as (
    select * from {{ ref('int_lead__forecast_member') }}
),

skus as (
    select * from {{ ref('dim_sku') }}
),

sku_classes as (
    select * from {{ ref('fct_governing_class') }}
),

judged as (
    select
        members.sku_id,
        members.sku_location_id,
        coalesce(skus.is_key, false) or coalesce(sku_classes.abc_class = 'A', false) as is_key
    from members
    inner join skus on members.sku_id = skus.sku_id
    left join sku_classes
        on
            members.sku_id = sku_classes.sku_id
            and members.company_code = sku_classes.company_code
),

final as (
    {%- for scope_type in ['sku', 'sku_location'] %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_type }}_id as scope_id,
        bool_or(is_key) as is_key
    from judged
    group by {{ scope_type }}_id
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
