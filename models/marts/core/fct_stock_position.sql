{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['sku_id', 'location_id'],
        pre_hook='{{ drop_vanished_stock_keys() }}',
    )
}}

with movements as (
    select * from {{ ref('fct_stock_movement') }}
),

fingerprints as (
    {{ ledger_fingerprints('movements') }}
),

changed_keys as (
    {{ changed_stock_keys('fingerprints') }}
),

changed_movements as (
    select
        movements.*,
        changed_keys._meta_ledger_fingerprint
    from movements
    inner join changed_keys
        on
            movements.sku_id = changed_keys.sku_id
            and movements.location_id = changed_keys.location_id
),

intervals as (
    {{ stock_intervals(
        'changed_movements', ['sku_id', 'location_id', 'lot_code', 'stock_status', 'owner_code'],
        '_meta_ledger_fingerprint'
    ) }}
),

final as (
    select
        sku_id,
        location_id,
        lot_code,
        stock_status,
        owner_code,
        on_hand_qty,
        valid_from,
        valid_to,
        valid_from_date,
        valid_to_date,
        _meta_ledger_fingerprint
    from intervals
)

select * from final
