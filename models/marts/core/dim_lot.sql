with lots as (
    select * from {{ ref('stg_unified__lot') }}
    where quarantine_rule is null and not is_superseded
),

-- Two codes of one SKU may name a lot of the same word: the earlier expiry holds for both.
final as (
    select
        sku_id,
        location_id,
        lot_code,
        min(expiry_date) as expiry_date,
        min(received_at) as received_at
    from lots
    group by sku_id, location_id, lot_code
)

select * from final
