-- What was sold of a stock record between a count and the one before it: net sales at retail and cost of sales.
with intervals as (
    select * from {{ ref('int_lag__count_interval') }}
    where previous_counted_date is not null
),

cogs_daily as (
    select * from {{ ref('fct_cogs_daily') }}
),

invoice_lines as (
    select * from {{ ref('fct_invoice_line') }}
),

sales_returns as (
    select * from {{ ref('fct_sales_return') }}
),

{% set flows = [
    ('cogs_daily', 'event_date', 'cogs_amount', 'cogs_amount', 'is_uncosted'),
    ('invoice_lines', 'invoiced_date', 'net_amount', 'invoiced_amount', 'net_amount is null'),
    ('sales_returns', 'returned_date', 'credit_amount', 'credited_amount', 'credit_amount is null'),
] %}

flows as (
    {%- for relation, day, amount, name, is_missing in flows %}
    select
        intervals.sku_id,
        intervals.location_id,
        intervals.counted_date,
        '{{ name }}' as flow,
        sum({{ relation }}.{{ amount }}) as flow_amount,
        sum({{ relation ~ '.shipped_qty' if name == 'invoiced_amount' else '0' }}) as flow_qty,
        bool_or({{ relation }}.{{ is_missing }}) as is_missing
    from intervals
    inner join {{ relation }}
        on
            intervals.sku_id = {{ relation }}.sku_id
            and intervals.location_id = {{ relation }}.location_id
            and intervals.previous_counted_date < {{ relation }}.{{ day }}
            and intervals.counted_date >= {{ relation }}.{{ day }}
    group by intervals.sku_id, intervals.location_id, intervals.counted_date
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        sku_id,
        location_id,
        counted_date,
        {%- for _, _, _, name, _ in flows %}
        cast(coalesce(sum(flow_amount) filter (where flow = '{{ name }}'), 0) as decimal(24, 4)) as {{ name }},
        {%- endfor %}
        cast(sum(flow_qty) as decimal(24, 4)) as invoiced_qty,
        coalesce(bool_or(is_missing) filter (where flow = 'cogs_amount'), false) as is_uncosted,
        coalesce(bool_or(is_missing) filter (where flow <> 'cogs_amount'), false) as is_unrated
    from flows
    group by sku_id, location_id, counted_date
)

select * from final
