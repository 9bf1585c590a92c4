-- The ledger never received an opening balance, and the difference has been the same since its first event.
with breaks as (
    select * from {{ ref('int_visibility__break') }}
    where is_constant and is_in_ledger
),

openings as (
    select distinct
        sku_id,
        location_id
    from {{ ref('fct_stock_movement') }}
    where event_type = 'opening_balance' and is_owned
),

final as (
    select
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        breaks.delta_qty as explained_qty,
        'no opening balance in the ledger; an opening of ' || -breaks.delta_qty || ' explains every one of '
        || breaks.past_cut_off_count || ' cut-offs'
        || case when breaks.delta_qty > 0 then '; none can be negative: the ledger lacks issues too' else '' end
            as evidence
    from breaks
    left join openings
        on
            breaks.sku_id = openings.sku_id
            and breaks.location_id = openings.location_id
    where openings.sku_id is null
)

select * from final
