-- From how many suppliers a division can have a SKU: those whose terms it has, and those it ever ordered from.
with terms as (
    select * from {{ ref('fct_item_supplier') }}
),

order_lines as (
    select * from {{ ref('fct_purchase_order_line') }}
),

sources as (
    {%- for relation in ['terms', 'order_lines'] %}
    select
        division_code,
        sku_id,
        supplier_id
    from {{ relation }}
    {%- if not loop.last %}

    union
    {% endif %}
    {%- endfor %}
),

final as (
    select
        division_code,
        sku_id,
        cast(count(*) as integer) as supplier_count
    from sources
    group by division_code, sku_id
)

select * from final
