-- What happened to each record day by day, as far as it speaks of goods on the shelf: who took or brought some, who
-- came and found none, what a count found, and whether the books said less than nothing. A sale that was taken back is
-- none.
with movements as (
    select * from {{ ref('fct_stock_movement') }}
    where is_current_version
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

pick_errors as (
    select * from {{ ref('fct_pick_error') }}
    where error_type in ('short_pick', 'not_found', 'found_elsewhere')
),

count_results as (
    select * from {{ ref('fct_count_result') }}
    where bin_code = '-'
),

negative_runs as (
    select * from {{ ref('fct_stock_on_hand') }}
    where on_hand_qty < 0
),

{% set handled = "'receipt', 'transfer_in', 'transfer_out', 'supplier_return'" %}
{% set nothing = {
    'is_seen': 'false', 'is_confirmed': 'false', 'demand': '0', 'demand_qty': '0', 'short': '0', 'missing': '0',
    'negative': '0', 'miss': '0', 'empty': '0',
} %}
{% set kinds = {
    'movements': {
        'day': 'event_date',
        'is_seen': 'movement_qty <> 0 and (is_demand or is_demand_return or movement_type in (' ~ handled ~ '))',
        'demand': 'case when is_demand then -cast(sign(movement_qty) as integer) else 0 end',
        'demand_qty': 'case when is_demand then -movement_qty else 0 end',
    },
    'pick_errors': {
        'day': 'occurred_date', 'is_seen': "error_type = 'found_elsewhere'",
        'short': "case when error_type = 'short_pick' then 1 else 0 end",
        'missing': "case when error_type = 'not_found' then 1 else 0 end",
    },
    'count_results': {
        'day': 'counted_date', 'is_seen': 'counted_qty > 0 and variance_qty <> 0',
        'is_confirmed': 'counted_qty > 0 and variance_qty = 0',
        'miss': 'case when variance_qty <> 0 then 1 else 0 end',
        'empty': 'case when counted_qty <= 0 and book_qty > 0 then 1 else 0 end',
    },
    'negative_runs': {'day': 'valid_from_date', 'negative': '1'},
} %}

happenings as (
    {%- for relation, words in kinds.items() %}
    select
        {%- for column, value in nothing.items() %}
        {{ words.get(column, value) }} as {{ column }},
        {%- endfor %}
        sku_id,
        location_id,
        {{ words.day }} as event_date
    from {{ relation }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        happenings.sku_id,
        happenings.location_id,
        happenings.event_date,
        {%- for column in ['short', 'missing', 'negative', 'miss', 'empty'] %}
        cast(sum(happenings.{{ column }}) as integer) as {{ column }}_count,
        {%- endfor %}
        bool_or(happenings.is_seen) as is_seen,
        bool_or(happenings.is_confirmed) as is_confirmed,
        case when sum(happenings.demand) > 0 then 1 else 0 end as demand_day_count,
        cast(sum(happenings.demand) as integer) as issue_count,
        cast(sum(happenings.demand_qty) as decimal(18, 4)) as demand_qty
    from happenings
    cross join cutoff
    where happenings.event_date <= cutoff.as_of_date
    group by happenings.sku_id, happenings.location_id, happenings.event_date
)

select * from final
