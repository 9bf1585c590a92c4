-- Steps of expected demand of every scope: from how many days after the month's end which demand a day holds, until
-- when, and what is used up before. Units are added up within one SKU alone.
with changes as (
    select * from {{ ref('int_lag__forward_change') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

{% set measures = {'amount': '', 'qty': " filter (where stock_scopes.scope_type in ('sku_location', 'sku'))"} %}

summed as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        changes.month_start_date,
        changes.from_day_count,
        {%- for measure, within in measures.items() %}
        sum(changes.change_{{ measure }}){{ within }} as change_{{ measure }},
        {%- endfor %}
        min(changes.forward_source) as least_source,
        max(changes.forward_source) as greatest_source
    from changes
    inner join stock_scopes
        on
            changes.sku_id = stock_scopes.sku_id
            and changes.location_id = stock_scopes.location_id
    group by
        stock_scopes.scope_type, stock_scopes.scope_id, changes.month_start_date, changes.from_day_count
),

cumulated as (
    select
        *,
        {%- for measure in measures %}
        cast(coalesce(sum(change_{{ measure }}) over in_order, 0) as decimal(24, 6)) as daily_{{ measure }},
        {%- endfor %}
        lead(from_day_count) over in_order as until_day_count
    from summed
    window in_order as (partition by scope_type, scope_id, month_start_date order by from_day_count)
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        least_source,
        greatest_source,
        from_day_count,
        {%- for measure in measures %}
        daily_{{ measure }},
        cast(
            coalesce(
                sum(cast(daily_{{ measure }} as decimal(30, 6)) * (until_day_count - from_day_count)) over (
                    partition by scope_type, scope_id, month_start_date
                    order by from_day_count rows between unbounded preceding and 1 preceding
                ), 0
            ) as decimal(24, 6)
        ) as used_{{ measure }},
        {%- endfor %}
        until_day_count
    from cumulated
)

select * from final
