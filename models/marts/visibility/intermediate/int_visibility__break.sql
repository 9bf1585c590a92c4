-- Comparisons of ERP and ledger beyond tolerance, with the run they belong to: since when the record has been broken, when it
-- agreed last, and whether the difference has been the same at every cut-off so far.
with deltas as (
    select * from {{ ref('int_visibility__balance_delta') }}
),

history as (
    select
        *,
        count(*) filter (where is_matched) over past_cut_offs as match_count,
        count(*) over past_cut_offs as past_cut_off_count,
        min(delta_qty) over past_cut_offs = max(delta_qty) over past_cut_offs as is_constant,
        lag(delta_qty) over (partition by sku_id, location_id order by cut_off_at) as previous_delta_qty,
        max(case when is_matched then as_of_at end) over past_cut_offs as last_matched_at
    from deltas
    window past_cut_offs as (partition by sku_id, location_id order by cut_off_at)
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
        coalesce(last_matched_at, timestamp '1900-01-01 00:00:00') as last_matched_at,
        min(as_of_at) over (partition by sku_id, location_id, match_count) as run_start_at,
        min(cut_off_at) over (partition by sku_id, location_id, match_count) as run_cut_off_at
    from history
    where not is_matched
)

select * from final
