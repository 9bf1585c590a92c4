-- Our side of what the ERPs report, month by month: a division's records of each scope it names. A record whose cost or
-- rate is missing in the month brings neither cost, stock nor sales.
with members as (
    select * from {{ ref('int_lag__reported_member') }}
),

valued as (
    select * from {{ ref('int_lag__margin_month') }}
),

final as (
    select
        members.division_code,
        members.scope_type,
        members.scope_id,
        valued.month_start_date,
        max(valued.known_day_count) as known_day_count,
        {%- for measure in ['qty_days', 'known_cost_qty_days'] %}
        cast(sum(valued.{{ measure }}) as decimal(24, 4)) as {{ measure }},
        {%- endfor %}
        {%- for measure in ['value_days', 'opening_amount', 'closing_amount', 'cogs_amount', 'net_sales_amount'] %}
        cast(sum(valued.{{ measure }}) filter (where not valued.is_uncosted) as decimal(24, 4)) as {{ measure }},
        {%- endfor %}
        cast(count(*) filter (where valued.is_uncosted) as integer) as uncosted_record_count
    from members
    inner join valued using (sku_id, location_id)
    group by members.division_code, members.scope_type, members.scope_id, valued.month_start_date
)

select * from final
