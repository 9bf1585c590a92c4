-- ERP balance and WMS bins beside the ledger, each at the instant it speaks of itself, for every SKU-location known to any.
with balances as (
    select * from {{ ref('fct_stock_balance') }}
    where system_code = 'erp' and is_owned
),

bins as (
    select * from {{ ref('fct_stock_balance') }}
    where system_code = 'wms' and is_owned
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
),

cut_offs as (
    select * from {{ ref('int_visibility__bin_cut_off') }}
),

-- Every SKU that is on the ledger's books or in the bins at a cut-off, or that the ERP names.
compared_keys as (
    select
        on_hand.sku_id,
        cut_offs.*
    from cut_offs
    inner join on_hand
        on
            cut_offs.location_id = on_hand.location_id
            and cut_offs.cut_off_at >= on_hand.valid_from
            and cut_offs.cut_off_at < on_hand.valid_to

    union

    select
        bins.sku_id,
        cut_offs.*
    from cut_offs
    inner join bins
        on
            cut_offs.location_id = bins.location_id
            and cut_offs.bin_cut_off_at = bins.cut_off_at

    union

    select
        balances.sku_id,
        cut_offs.*
    from cut_offs
    inner join balances
        on
            cut_offs.location_id = balances.location_id
            and cut_offs.cut_off_at = balances.cut_off_at
),

told as (
    select
        compared_keys.sku_id,
        compared_keys.location_id,
        compared_keys.cut_off_at,
        coalesce(balances.as_of_at, compared_keys.cut_off_at) as as_of_at,
        coalesce(bins.as_of_at, compared_keys.bin_cut_off_at) as bin_as_of_at,
        balances.on_hand_qty as erp_on_hand_qty,
        balances.quarantine_qty as erp_quarantine_qty,
        balances.in_transit_qty as erp_in_transit_qty,
        -- The bins list what they hold: a SKU that they do not list is not there.
        case when compared_keys.bin_cut_off_at is not null then coalesce(bins.on_hand_qty, 0) end as bin_on_hand_qty,
        balances.sku_id is not null as is_in_erp,
        bins.sku_id is not null as is_in_bins
    from compared_keys
    left join balances
        on
            compared_keys.sku_id = balances.sku_id
            and compared_keys.location_id = balances.location_id
            and compared_keys.cut_off_at = balances.cut_off_at
    left join bins
        on
            compared_keys.sku_id = bins.sku_id
            and compared_keys.location_id = bins.location_id
            and compared_keys.bin_cut_off_at = bins.cut_off_at
),

-- Each moment that a side speaks of is looked up once.
moments as (
    select
        sku_id,
        location_id,
        as_of_at as moment_at
    from told

    union

    select
        sku_id,
        location_id,
        bin_as_of_at as moment_at
    from told
    where bin_as_of_at is not null
),

ledger as (
    select
        moments.sku_id,
        moments.location_id,
        moments.moment_at,
        on_hand.on_hand_qty
    from moments
    inner join on_hand
        on
            moments.sku_id = on_hand.sku_id
            and moments.location_id = on_hand.location_id
            and moments.moment_at >= on_hand.valid_from
            and moments.moment_at < on_hand.valid_to
),

final as (
    select
        told.*,
        ledger.on_hand_qty as ledger_on_hand_qty,
        bin_ledger.on_hand_qty as ledger_at_bin_qty,
        ledger.sku_id is not null as is_in_ledger
    from told
    left join ledger
        on
            told.sku_id = ledger.sku_id
            and told.location_id = ledger.location_id
            and told.as_of_at = ledger.moment_at
    left join ledger as bin_ledger
        on
            told.sku_id = bin_ledger.sku_id
            and told.location_id = bin_ledger.location_id
            and told.bin_as_of_at = bin_ledger.moment_at
)

select * from final
