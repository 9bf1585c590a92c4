-- How much a day varies around what its weekday usually sells, over all quiet days of a promotion.
with usual as (
    select * from {{ ref('int_lead__promotion_usual') }}
),

final as (
    select
        division_code,
        promotion_code,
        sku_id,
        location_id,
        {%- for name in ['usual', 'others_usual'] %}
        {{ divide('sum(' ~ name ~ '_residual_ratio)', 'nullif(sum(point_count) - count(*), 0)') }}
            as {{ name }}_variance_ratio,
        {%- endfor %}
        cast(sum(point_count) as integer) as quiet_day_count
    from usual
    group by division_code, promotion_code, sku_id, location_id
)

select * from final
