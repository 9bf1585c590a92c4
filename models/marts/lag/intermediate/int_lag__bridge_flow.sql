-- What moved owned stock in each month, a column for each step, at the average rate of the month. Goods that came in
-- are positive.
with moved as (
    select * from {{ ref('int_lag__bridge_movement') }}
),

rates as (
    select * from {{ ref('int_lag__record_rate') }}
),

final as (
    select
        moved.sku_id,
        moved.location_id,
        moved.month_start_date,
        {%- for step in bridge_flow_steps() %}
        cast(
            sum({{ multiply('moved.local_amount', 'rates.average_rate') }})
            filter (where moved.bridge_step = '{{ step }}') as decimal(24, 6)
        ) as {{ step }}_amount,
        {%- endfor %}
        bool_or(moved.is_uncosted) as is_uncosted
    from moved
    {{ join_record_rate('moved', 'moved.month_start_date') }}
    group by moved.sku_id, moved.location_id, moved.month_start_date
)

select * from final
