-- How far each stock record is to be doubted, what money hangs on it, and which record of a location to count first.
with stock_records as (
    select * from {{ ref('fct_stock_record') }}
),

flags as (
    select * from {{ ref('fct_stock_record_flag') }}
),

chances as (
    select * from {{ ref('int_visibility__phantom_chance') }}
),

count_values as (
    select * from {{ ref('int_visibility__count_value') }}
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
        }) }} as phantom_score_ratio,
        chances.phantom_probability,
        {{ product('judged.on_hand_amount', 'chances.phantom_probability', 4) }} as value_at_risk_amount,
        count_values.is_likely_phantom,
        count_values.count_value_amount,
        count_values.count_value_reason
    from judged
    inner join weights on judged.as_of_date = weights.as_of_date
    left join chances
        on
            judged.sku_id = chances.sku_id
            and judged.location_id = chances.location_id
    left join count_values
        on
            judged.sku_id = count_values.sku_id
            and judged.location_id = count_values.location_id
),

-- What cannot be comes first, then what is likely not there, then the rest: each by what its count is worth.
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
                coalesce(is_likely_phantom, false) desc,
                coalesce(count_value_amount, 0) desc,
                phantom_probability desc,
                coalesce(on_hand_amount, 0) desc,
                sku_id asc
        ) as integer) as count_priority_rank,
        phantom_score_ratio,
        coalesce(is_likely_phantom, false) as is_likely_phantom,
        count_value_amount,
        count_value_reason
    from scored
)

select * from final
