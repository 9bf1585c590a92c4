-- How long each order line took from one stage to the next, and from order to delivery; a stage that has begun and not
-- ended is open with its age so far.
with order_lines as (
    select * from {{ ref('int_lead__order_stage_line') }}
),

{% set stages = [
    ('release', 'ordered_at', 'released_at'), ('pick', 'released_at', 'picked_at'), ('pack', 'picked_at', 'packed_at'),
    ('ship', 'packed_at', 'shipped_at'), ('deliver', 'shipped_at', 'delivered_at'),
    ('order_to_delivery', 'ordered_at', 'delivered_at'),
] %}

timed as (
    {%- for stage, from_at, to_at in stages %}
    select
        location_id,
        division_code,
        company_code,
        channel,
        order_number,
        line_number,
        cast(date_trunc('month', order_date) as date) as month_start_date,
        '{{ stage }}' as cycle_stage,
        {{ to_at }} is null as is_open,
        {{ hours_between(from_at, 'coalesce(' ~ to_at ~ ', as_of_at)') }} as stage_hours
    from order_lines
    where {{ from_at }} is not null
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
