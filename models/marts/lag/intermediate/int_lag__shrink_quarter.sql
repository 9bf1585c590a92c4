-- Counts of a stock record added up by the quarter they fell into: a loss is of the quarter that found it.
with counts as (
    select * from {{ ref('int_lag__shrink_count') }}
),

final as (
    select
        sku_id,
        location_id,
        quarter_start_date,
        count(*) filter (where not is_opening) as count_count,
        count(*) filter (where is_opening) as opening_count,
        count(*) filter (where is_costed) as costed_count,
        count(*) filter (where is_priced) as priced_count,
        {%- for name in ['book_qty', 'known_cost_qty'] %}
        cast(coalesce(sum({{ name }}) filter (where not is_opening), 0) as decimal(24, 4)) as {{ name }},
        {%- endfor %}
        {%- for name in shrink_amounts()[2:] %}
        cast(coalesce(sum({{ name }}), 0) as decimal(24, 4)) as {{ name }},
        {%- endfor %}
        cast(coalesce(sum(opening_amount), 0) as decimal(24, 4)) as opening_amount
    from counts
    group by sku_id, location_id, quarter_start_date
)

select * from final
