-- What bins, picks and costs say of each stock record, thresholds beside what they judge. Beside fct_stock_record,
-- which holds what the books say; both are the input of the record rules.
with stock_records as (
    select * from {{ ref('fct_stock_record') }}
),

places as (
    select * from {{ ref('int_visibility__record_place') }}
),

expired_lots as (
    select * from {{ ref('int_visibility__expired_lot') }}
),

staging_ages as (
    select * from {{ ref('int_visibility__staging_age') }}
),

short_picks as (
    select * from {{ ref('int_visibility__short_pick') }}
),

cost_changes as (
    select * from {{ ref('int_visibility__cost_change') }}
),

evidence_policy as (
    {{ policy_as_of(
        ['min_short_picks', 'max_misplaced_qty', 'max_staging_hours', 'max_cost_change_ratio'],
        over='stock_records', as_of='as_of_date'
    ) }}
),

joined as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        stock_records.as_of_date,
        stock_records.abc_class,
        stock_records.on_hand_qty,
        stock_records.on_hand_amount,
        places.bins_as_of_at,
        {%- for column in ['closed_bin_qty', 'unknown_bin_qty', 'over_capacity_qty', 'opposite_bin_qty'] %}
        coalesce(places.{{ column }}, 0) as {{ column }},
        {%- endfor %}
        -- The bins and the ledger may both know of an expired lot: the larger word counts.
        greatest(coalesce(places.expired_bin_qty, 0), coalesce(expired_lots.expired_ledger_qty, 0))
            as expired_available_qty,
        staging_ages.staging_qty,
        staging_ages.staging_hours,
        coalesce(short_picks.short_pick_count, 0) as short_pick_count,
        short_picks.last_short_pick_at,
        cost_changes.cost_from_date,
        cost_changes.previous_cost_amount,
        cost_changes.cost_change_ratio
    from stock_records
    left join places using (sku_id, location_id)
    left join expired_lots using (sku_id, location_id)
    left join staging_ages using (sku_id, location_id)
    left join short_picks using (sku_id, location_id)
    left join cost_changes using (sku_id, location_id)
),

final as (
    select
        joined.*,
        -- One unit may break several of these; the largest part says how much stock is in doubt.
        greatest(
            joined.closed_bin_qty, joined.unknown_bin_qty, joined.over_capacity_qty, joined.expired_available_qty
        ) as impossible_place_qty,
        cast(evidence_policy.max_misplaced_qty as decimal(18, 4)) as max_misplaced_qty,
        cast(evidence_policy.min_short_picks as integer) as min_short_picks,
        evidence_policy.max_staging_hours,
        evidence_policy.max_cost_change_ratio
    from joined
    inner join evidence_policy on joined.as_of_date = evidence_policy.as_of_date
)

select * from final
