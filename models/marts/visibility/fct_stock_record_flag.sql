-- One row per record and rule it breaks at the cut-off. Flags inform and never block; the record is published as it is.
-- A rule looks at what the books say (fct_stock_record) or at what bins, picks and costs say
-- (fct_stock_record_evidence).
with records as (
    select * from {{ ref('fct_stock_record') }}
),

evidence as (
    select * from {{ ref('fct_stock_record_evidence') }}
),

rules as (
    select * from {{ ref('record_rules') }}
),

{% set rules_of_books = {
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
        'evidence': "'last counted ' || coalesce(cast(last_counted_at as string), 'never')",
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
{% set rules_of_evidence = {
    'DQ-P3': {
        'hit': 'on_hand_qty > 0 and short_pick_count >= min_short_picks',
        'observed': 'short_pick_count', 'threshold': 'min_short_picks',
        'evidence': "short_pick_count || ' picks found too little, the last at ' || last_short_pick_at",
    },
    'DQ-P5': {
        'hit': 'impossible_place_qty > max_misplaced_qty',
        'observed': 'impossible_place_qty', 'threshold': 'max_misplaced_qty',
        'evidence': "'in closed bins ' || closed_bin_qty || ', in unknown bins ' || unknown_bin_qty
            || ', above capacity ' || over_capacity_qty || ', available past expiry ' || expired_available_qty",
    },
    'DQ-P6': {
        'hit': 'staging_hours > max_staging_hours',
        'observed': 'staging_hours', 'threshold': 'max_staging_hours',
        'evidence': "staging_qty || ' in staging'",
    },
    'DQ-P7': {
        'hit': 'opposite_bin_qty > max_misplaced_qty',
        'observed': 'opposite_bin_qty', 'threshold': 'max_misplaced_qty',
        'evidence': "opposite_bin_qty || ' too many in one bin and too few in another'",
    },
    'DQ-V2': {
        'hit': 'on_hand_qty <> 0 and cost_change_ratio > max_cost_change_ratio',
        'observed': 'cost_change_ratio', 'threshold': 'max_cost_change_ratio',
        'evidence': "'cost ' || previous_cost_amount || ' until ' || cost_from_date",
    },
} %}

hits as (
    {%- for family, conditions in [('records', rules_of_books), ('evidence', rules_of_evidence)] %}
    {%- set is_last_family = loop.last %}
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
    from {{ family }}
    where {{ rule.hit }}
    {%- if not (loop.last and is_last_family) %}

    union all
    {% endif %}
    {%- endfor %}
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
