-- Months and calendar quarters of each scope: stock summed over month ends, sales over months.
with months as (
    select * from {{ ref('int_lag__stock_to_sales_scope') }}
),

final as (
    {%- for period_type, months_of in {'month': 1, 'quarter': 3}.items() %}
    {%- set first_day = "cast(date_trunc('" ~ period_type ~ "', month_start_date) as date)" %}
    select
        scope_type,
        scope_id,
        '{{ period_type }}' as period_type,
        {{ first_day }} as period_start_date,
        max(last_day_date) as last_day_date,
        max(last_day_date) = {{ add_days(add_months(first_day, months_of), -1) }} as is_period_closed,
        cast(count(*) as integer) as known_month_count,
        {{ months_of }} as month_count,
        bool_or(is_sent) as is_sent,
        bool_and(is_sent) and count(*) = {{ months_of }} as is_complete,
        {%- for measure in [
            'sales_stock_amount', 'net_sales_amount', 'cogs_stock_amount', 'cogs_amount', 'qty_days',
            'known_cost_qty_days'
        ] %}
        cast(sum({{ measure }}) as decimal(24, 4)) as {{ measure }},
        {%- endfor %}
        max(uncosted_record_count) as uncosted_record_count
    from months
    group by scope_type, scope_id, {{ first_day }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
