-- How far each stock record is to be doubted, what money hangs on it, and which record of a location to count first.
with stock_records as (
    select * from {{ ref('fct_stock_record') }}
),

flags as (
    select * from {{ ref('fct_stock_record_flag') }}
),

{% set signs = {
    'is_frozen_seller': 'DQ-P1', 'has_short_picks': 'DQ-P3', 'is_ledger_off': 'DQ-P4', 'is_negative': 'DQ-N1',
    'has_opposite_bins': 'DQ-P7', 'is_count_overdue': 'DQ-S2',
} %}

weights as (
    {{ policy_as_of(
        ['phantom_weight_frozen_seller', 'phantom_weight_short_picks', 'phantom_weight_ledger_off',
         'phantom_weight_negative', 'phantom_weight_opposite_bins', 'phantom_weight_count_overdue'],
        over='stock_records', as_of='as_of_date'
    ) }}
),

record_flags as (
    select
        sku_id,
        location_id,
        {%- for sign, rule_id in signs.items() %}
        bool_or(rule_id = '{{ rule_id }}') as {{ sign }},
        {%- endfor %}
        count(*) as flag_count
    from flags
    group by sku_id, location_id
),

judged as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        stock_records.division_code,
        stock_records.as_of_date,
        stock_records.abc_class,
        stock_records.on_hand_qty,
        stock_records.on_hand_amount,
        stock_records.last_counted_at,
        stock_records.days_since_count,
        {%- for sign in signs %}
        coalesce(record_flags.{{ sign }}, false) as {{ sign }},
        {%- endfor %}
        coalesce(record_flags.flag_count, 0) as flag_count
    from stock_records
    left join record_flags
        on
            stock_records.sku_id = record_flags.sku_id
            and stock_records.location_id = record_flags.location_id
),

scored as (
    select
        judged.*,
        {{ kpi_phantom_score({
            'judged.is_frozen_seller': 'weights.phantom_weight_frozen_seller',
            'judged.has_short_picks': 'weights.phantom_weight_short_picks',
            'judged.is_ledger_off': 'weights.phantom_weight_ledger_off',
            'judged.is_negative': 'weights.phantom_weight_negative',
            'judged.has_opposite_bins': 'weights.phantom_weight_opposite_bins',
            'judged.is_count_overdue': 'weights.phantom_weight_count_overdue',
        }) }} as phantom_probability
    from judged
    inner join weights on judged.as_of_date = weights.as_of_date
),

valued as (
    select
        *,
        cast({{ fixed(multiply('on_hand_amount', 'phantom_probability'), 4) }} as decimal(24, 4))
            as value_at_risk_amount
    from scored
),

-- What cannot be comes first, then money in doubt times the days it has waited for a count.
final as (
    select
        sku_id,
        location_id,
        division_code,
        as_of_date,
        abc_class,
        on_hand_qty,
        on_hand_amount,
        {%- for sign in signs %}
        {{ sign }},
        {%- endfor %}
        cast(flag_count as integer) as flag_count,
        phantom_probability,
        value_at_risk_amount,
        case when on_hand_amount is null then 'no_cost' end as value_at_risk_reason,
        last_counted_at,
        days_since_count,
        cast(row_number() over (
            partition by location_id
            order by
                is_negative desc,
                coalesce(value_at_risk_amount, 0) * coalesce(days_since_count, 0) desc,
                phantom_probability desc,
                coalesce(on_hand_amount, 0) desc,
                sku_id asc
        ) as integer) as count_priority_rank
    from valued
)

select * from final
