-- Past counts of records that promised goods, with what was known before them and what they found: what the chance of a
-- phantom is fitted on.
with features as (
    select * from {{ ref('int_visibility__phantom_feature') }}
),

final as (
    select
        sku_id,
        location_id,
        look_date,
        company_code,
        abc_class,
        cast(1 as decimal(18, 6)) as intercept_rate,
        {%- for name in kpi_phantom_signs() %}
        {{ name }},
        {%- endfor %}
        is_phantom
    from features
    where is_phantom is not null
)

select * from final
