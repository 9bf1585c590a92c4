-- What the books held when an auditor counted: of the lot that he counted, or of all.
with audits as (
    select * from {{ ref('fct_physical_audit') }}
),

positions as (
    select * from {{ ref('fct_stock_position') }}
),

final as (
    select
        audits.auditor,
        audits.audit_id,
        cast(sum(positions.on_hand_qty) as decimal(18, 4)) as book_qty
    from audits
    inner join positions
        on
            audits.sku_id = positions.sku_id
            and audits.location_id = positions.location_id
            and audits.audited_at > positions.valid_from
            and audits.audited_at <= positions.valid_to
            and audits.lot_code in ('-', positions.lot_code)
    group by audits.auditor, audits.audit_id
)

select * from final
