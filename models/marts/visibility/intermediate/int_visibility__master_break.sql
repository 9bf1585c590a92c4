-- What the masters do not know: an event of the record that waits for its item, unit or location, or a record that one
-- side does not have at all.
with breaks as (
    select * from {{ ref('int_visibility__break') }}
),

held_back as (
    select * from {{ ref('fct_held_back_movement') }}
),

packagings as (
    select * from {{ ref('bridge_sku_packaging') }}
),

waiting as (
    select
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        min(
            'event ' || held_back.event_id || ' of item ' || held_back.item_code || ' waits: '
            || held_back.quarantine_rule
        ) as evidence
    from breaks
    inner join held_back
        on
            breaks.location_id = held_back.location_id
            and breaks.last_equal_at < held_back.occurred_at
            and breaks.unequal_since_at >= held_back.occurred_at
    left join packagings
        on
            breaks.sku_id = packagings.sku_id
            and breaks.division_code = packagings.division_code
    where
        breaks.side_alone in ('ledger', 'unknown')
        and (
            breaks.sku_id = held_back.sku_id
            or (
                held_back.sku_id is null
                and -breaks.delta_qty
                in (
                    held_back.source_qty,
                    {{ base_quantity('held_back.source_qty', 'coalesce(packagings.factor_to_base, 1)') }}
                )
            )
        )
    group by breaks.sku_id, breaks.location_id, breaks.cut_off_at
),

final as (
    select
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        breaks.delta_qty as explained_qty,
        waiting.sku_id is not null as is_held_back,
        case
            when waiting.sku_id is not null then waiting.evidence
            when breaks.is_in_erp then 'the ledger has no movement of the record'
            else 'the ERP does not list the record'
        end as evidence
    from breaks
    left join waiting using (sku_id, location_id, cut_off_at)
    where waiting.sku_id is not null or not (breaks.is_in_erp and breaks.is_in_ledger)
)

select * from final
