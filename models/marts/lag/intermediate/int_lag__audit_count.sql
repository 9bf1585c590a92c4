-- What counts and audits found against the books, a row for each record and day: what lay there less what the books held. An
-- auditor's word goes before the site's own count of that day; he counts whole records or lots.
with count_results as (
    select * from {{ ref('fct_count_result') }}
),

audits as (
    select * from {{ ref('fct_physical_audit') }}
),

positions as (
    select * from {{ ref('fct_stock_position') }}
),

audit_books as (
    select
        audits.auditor,
        audits.audit_id,
        sum(positions.on_hand_qty) as book_qty
    from audits
    inner join positions
        on
            audits.sku_id = positions.sku_id
            and audits.location_id = positions.location_id
            and audits.audited_at > positions.valid_from
            and audits.audited_at <= positions.valid_to
            and audits.lot_code in ('-', positions.lot_code)
    group by audits.auditor, audits.audit_id
),

found as (
    select
        audits.sku_id,
        audits.location_id,
        audits.audited_date as counted_date,
        true as is_audit,
        sum(audits.audited_qty - coalesce(audit_books.book_qty, 0)) as error_qty
    from audits
    left join audit_books using (auditor, audit_id)
    group by audits.sku_id, audits.location_id, audits.audited_date

    union all

    select
        sku_id,
        location_id,
        counted_date,
        false as is_audit,
        sum(variance_qty) as error_qty
    from count_results
    group by sku_id, location_id, counted_date
),

ranked as (
    select
        *,
        row_number() over (partition by sku_id, location_id, counted_date order by is_audit desc) as word_rank
    from found
),

final as (
    select
        sku_id,
        location_id,
        counted_date,
        is_audit,
        cast(error_qty as decimal(18, 4)) as error_qty
    from ranked
    where word_rank = 1
)

select * from final
