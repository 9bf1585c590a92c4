-- How long each order line took from one stage to the next, and from order to delivery; a stage that has begun and not
-- ended is open with its age so far. A stage whose end a location tells of no line at all is not measured there.
with order_lines as (
    select * from {{ ref('int_lead__order_stage_line') }}
),

{% set stages = [
    ('release', 'ordered_at', 'released_at'), ('pick', 'released_at', 'picked_at'), ('pack', 'picked_at', 'packed_at'),
    ('ship', 'packed_at', 'shipped_at'), ('deliver', 'shipped_at', 'delivered_at'),
    ('order_to_delivery', 'ordered_at', 'delivered_at'),
] %}

told as (
    select
        {%- for moment in ['released', 'picked', 'packed', 'shipped', 'delivered'] %}
        count({{ moment }}_at) > 0 as tells_{{ moment }}_at,
        {%- endfor %}
        location_id
    from order_lines
    group by location_id
),

timed as (
    {%- for stage, from_at, to_at in stages %}
    select
        order_lines.location_id,
        order_lines.division_code,
        order_lines.company_code,
        order_lines.channel,
        order_lines.order_number,
        order_lines.line_number,
        cast(date_trunc('month', order_lines.order_date) as date) as month_start_date,
        '{{ stage }}' as cycle_stage,
        order_lines.{{ to_at }} is null as is_open,
        {{ hours_between('order_lines.' ~ from_at, 'coalesce(order_lines.' ~ to_at ~ ', order_lines.as_of_at)') }}
            as stage_hours
    from order_lines
    inner join told on order_lines.location_id = told.location_id and told.tells_{{ to_at }}
    where order_lines.{{ from_at }} is not null
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        *,
        stage_hours < 0 as is_negative
    from timed
)

select * from final
