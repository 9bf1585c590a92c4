-- One row per record and rule it breaks at the cut-off. Flags inform and never block; the record is published as it is.
with records as (
    select * from {{ ref('fct_stock_record') }}
),

rules as (
    select * from {{ ref('record_rules') }}
),

{% set conditions = {
    'DQ-N1': {
        'hit': 'on_hand_qty < 0', 'observed': 'on_hand_qty', 'threshold': '0',
        'evidence': "'on hand ' || on_hand_qty",
    },
    'DQ-S1': {
        'hit': 'record_age_days > max_record_age_days',
        'observed': 'record_age_days', 'threshold': 'max_record_age_days',
        'evidence': "'ERP balance last sent as of ' || record_as_of",
    },
    'DQ-S2': {
        'hit': 'on_hand_qty <> 0 and days_since_count > max_days_since_count',
        'observed': 'days_since_count', 'threshold': 'max_days_since_count',
        'evidence': "'last counted ' || coalesce(cast(last_counted_at as varchar), 'never')",
    },
    'DQ-P1': {
        'hit': 'was_selling and on_hand_qty > 0 and zero_sales_probability < min_zero_sales_probability',
        'observed': 'zero_sales_probability', 'threshold': 'min_zero_sales_probability',
        'evidence': "'no sale for ' || zero_sales_days || ' open days'",
    },
    'DQ-P2': {
        'hit': 'on_hand_qty > 0 and days_since_movement >= max_days_since_movement',
        'observed': 'days_since_movement', 'threshold': 'max_days_since_movement',
        'evidence': "'last movement ' || last_movement_date",
    },
    'DQ-P4': {
        'hit': 'abs(balance_delta_qty) > balance_tolerance_qty',
        'observed': 'balance_delta_qty', 'threshold': 'balance_tolerance_qty',
        'evidence': "'ledger minus ERP balance: ' || balance_delta_qty",
    },
    'DQ-V1': {
        'hit': "on_hand_qty <> 0 and cost_source in ('last_order', 'category_median', 'none')",
        'observed': 'unit_cost_amount', 'threshold': '0',
        'evidence': "'cost source ' || cost_source",
    },
} %}

hits as (
    {%- for rule_id, rule in conditions.items() %}
    select
        sku_id,
        location_id,
        '{{ rule_id }}' as rule_id,
        as_of_date as flagged_date,
        abc_class,
        cast({{ rule.observed }} as decimal(24, 8)) as observed_value,
        cast({{ rule.threshold }} as decimal(24, 8)) as threshold_value,
        {{ rule.evidence }} as evidence,
        on_hand_qty,
        on_hand_amount
    from records
    where {{ rule.hit }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        hits.sku_id,
        hits.location_id,
        hits.rule_id,
        hits.flagged_date,
        case when hits.abc_class = 'A' then rules.severity_class_a else rules.severity end as severity,
        hits.observed_value,
        hits.threshold_value,
        hits.evidence,
        hits.on_hand_qty,
        hits.on_hand_amount,
        rules.is_phantom_signal,
        rules.is_stale_signal
    from hits
    inner join rules on hits.rule_id = rules.rule_id
)

select * from final
