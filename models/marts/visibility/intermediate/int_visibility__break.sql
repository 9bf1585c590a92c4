-- Comparisons of ERP and ledger beyond tolerance: since when the record has been broken, when both sides were equal last (what
-- keeps them apart happened after that, though a tolerance may have hidden it for a while), and whether the difference has
-- been the same at every cut-off so far.
with deltas as (
    select * from {{ ref('int_visibility__balance_delta') }}
),

history as (
    select
        *,
        count(*) filter (where is_matched) over past_cut_offs as match_count,
        count(*) filter (where delta_qty = 0) over past_cut_offs as equal_count,
        count(*) over past_cut_offs as past_cut_off_count,
        min(delta_qty) over past_cut_offs = max(delta_qty) over past_cut_offs as is_constant,
        lag(delta_qty) over (partition by sku_id, location_id order by cut_off_at) as previous_delta_qty,
        max(case when delta_qty = 0 then as_of_at end) over past_cut_offs as last_equal_at
    from deltas
    window past_cut_offs as (partition by sku_id, location_id order by cut_off_at)
),

runs as (
    select
        *,
        min(case when delta_qty <> 0 then as_of_at end) over (partition by sku_id, location_id, equal_count)
            as unequal_since_at,
        min(case when not is_matched then cut_off_at end) over (partition by sku_id, location_id, match_count)
            as run_cut_off_at
    from history
),

final as (
    select
        sku_id,
        location_id,
        division_code,
        cut_off_at,
        as_of_at,
        as_of_date,
        erp_on_hand_qty,
        erp_quarantine_qty,
        erp_in_transit_qty,
        ledger_on_hand_qty,
        delta_qty,
        previous_delta_qty,
        side_alone,
        is_in_erp,
        is_in_ledger,
        is_constant,
        cast(past_cut_off_count as integer) as past_cut_off_count,
        coalesce(last_equal_at, timestamp '1900-01-01 00:00:00') as last_equal_at,
        unequal_since_at,
        run_cut_off_at
    from runs
    where not is_matched
)

select * from final
