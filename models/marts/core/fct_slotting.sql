with slottings as (
    select * from {{ ref('stg_unified__slotting') }}
    where quarantine_rule is null
),

-- Two codes of one SKU in a division may be slotted into the same bin on the same day: the longer period holds.
final as (
    select
        sku_id,
        location_id,
        bin_code,
        valid_from_date,
        max(coalesce(valid_to_date, date '9999-12-31')) as valid_to_date
    from slottings
    group by sku_id, location_id, bin_code, valid_from_date
)

select * from final
