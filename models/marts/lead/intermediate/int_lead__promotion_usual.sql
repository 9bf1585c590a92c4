-- What a weekday usually sells before a promotion: moments of the quiet days, of the record and of the others.
with quiet_days as (
    select * from {{ ref('int_lead__promotion_quiet_day') }}
),

summed as (
    select
        division_code,
        promotion_code,
        sku_id,
        location_id,
        iso_weekday,
        {%- for name in ['usual', 'others_usual'] %}
        sum({{ name }}_qty) as {{ name }}_sum,
        sum({{ product(name ~ '_qty', name ~ '_qty', 6, 28) }})
            as {{ name }}_squares,
        {%- endfor %}
        cast(count(*) as integer) as point_count
    from quiet_days
    group by division_code, promotion_code, sku_id, location_id, iso_weekday
),

final as (
    select
        division_code,
        promotion_code,
        sku_id,
        location_id,
        iso_weekday,
        {%- for name in ['usual', 'others_usual'] %}
        {{ divide(name ~ '_sum', 'point_count') }} as {{ name }}_daily_qty,
        cast(
            greatest({{ name }}_squares - {{ kpi_explained_squares('point_count', name ~ '_sum') }}, 0)
            as decimal(24, 6)
        ) as {{ name }}_residual_ratio,
        {%- endfor %}
        point_count
    from summed
)

select * from final
