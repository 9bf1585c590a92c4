-- Every required attribute that is missing, and every one that is there but not valid, with what to do about it. The
-- word stays as it is wherever it is shown.
with told as (
    select * from {{ ref('int_visibility__sku_attribute') }}
),

attributes as (
    select * from {{ ref('sku_attributes') }}
),

final as (
    select
        told.division_code,
        told.item_code,
        told.sku_id,
        told.attribute_name,
        told.is_required,
        told.told_value,
        case when told.is_present then 'not_valid' else 'missing' end as failure,
        attributes.what_is_valid,
        attributes.what_to_do
    from told
    inner join attributes on told.attribute_name = attributes.attribute_name
    where not told.is_valid and (told.is_required or told.is_present)
)

select * from final
