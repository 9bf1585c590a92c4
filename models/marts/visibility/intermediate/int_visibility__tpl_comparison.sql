-- What a 3PL says it holds beside our ledger at the same instant, for every SKU of its sites that either side holds.
with messages as (
    select * from {{ ref('fct_shipment_message') }}
),

advices as (
    select * from {{ ref('fct_stock_balance') }}
    where system_code = 'tpl' and is_owned
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

-- A site is run by the provider that writes about it.
provider_locations as (
    select distinct
        provider_code,
        location_id
    from messages
    where location_id is not null
),

instants as (
    select distinct
        location_id,
        cut_off_at
    from advices
),

compared_keys as (
    select
        on_hand.sku_id,
        on_hand.location_id,
        instants.cut_off_at
    from instants
    inner join on_hand
        on
            instants.location_id = on_hand.location_id
            and instants.cut_off_at >= on_hand.valid_from
            and instants.cut_off_at < on_hand.valid_to

    union

    select
        sku_id,
        location_id,
        cut_off_at
    from advices
),

compared as (
    select
        provider_locations.provider_code,
        compared_keys.sku_id,
        compared_keys.location_id,
        compared_keys.cut_off_at,
        {{ business_date('compared_keys.cut_off_at', "coalesce(locations.time_zone, 'UTC')") }} as cut_off_date,
        coalesce(advices.on_hand_qty, 0) as tpl_on_hand_qty,
        coalesce(on_hand.on_hand_qty, 0) as ledger_on_hand_qty
    from compared_keys
    inner join provider_locations on compared_keys.location_id = provider_locations.location_id
    inner join locations on compared_keys.location_id = locations.location_id
    left join advices
        on
            compared_keys.sku_id = advices.sku_id
            and compared_keys.location_id = advices.location_id
            and compared_keys.cut_off_at = advices.cut_off_at
    left join on_hand
        on
            compared_keys.sku_id = on_hand.sku_id
            and compared_keys.location_id = on_hand.location_id
            and compared_keys.cut_off_at >= on_hand.valid_from
            and compared_keys.cut_off_at < on_hand.valid_to
),

recon_policy as (
    {{ policy_as_of(['recon_abs_tol', 'recon_pct_tol'], over='compared', as_of='cut_off_date') }}
),

final as (
    select
        compared.provider_code,
        compared.sku_id,
        compared.location_id,
        compared.cut_off_at,
        compared.cut_off_date,
        cast(compared.tpl_on_hand_qty as decimal(18, 4)) as tpl_on_hand_qty,
        cast(compared.ledger_on_hand_qty as decimal(18, 4)) as ledger_on_hand_qty,
        cast(compared.tpl_on_hand_qty - compared.ledger_on_hand_qty as decimal(18, 4)) as delta_qty,
        abs(compared.tpl_on_hand_qty - compared.ledger_on_hand_qty)
        <= {{ kpi_reconciliation_tolerance(
            'compared.ledger_on_hand_qty', 'recon_policy.recon_abs_tol', 'recon_policy.recon_pct_tol'
        ) }} as is_matched
    from compared
    inner join recon_policy on compared.cut_off_date = recon_policy.cut_off_date
    where compared.tpl_on_hand_qty <> 0 or compared.ledger_on_hand_qty <> 0
)

select * from final
