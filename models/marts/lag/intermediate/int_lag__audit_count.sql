-- What counts and audits found against the books, a row for each record and day: what lay there less what the books
-- held. An auditor's word goes before the site's own count of that day.
with count_results as (
    select * from {{ ref('fct_count_result') }}
),

audits as (
    select * from {{ ref('fct_physical_audit') }}
),

audit_books as (
    select * from {{ ref('int_lag__audit_book') }}
),

audited as (
    select
        audits.sku_id,
        audits.location_id,
        audits.audited_date as counted_date,
        sum(audits.audited_qty - coalesce(audit_books.book_qty, 0)) as error_qty
    from audits
    left join audit_books using (auditor, audit_id)
    group by audits.sku_id, audits.location_id, audits.audited_date
),

counted as (
    select
        sku_id,
        location_id,
        counted_date,
        sum(variance_qty) as error_qty
    from count_results
    group by sku_id, location_id, counted_date
),

final as (
    select
        sku_id,
        location_id,
        counted_date,
        cast(coalesce(audited.error_qty, counted.error_qty) as decimal(18, 4)) as error_qty
    from counted
    full outer join audited using (sku_id, location_id, counted_date)
)

select * from final
