-- Counts of a class at a site by week. A record counted in several bins of one day is right when their sum is; the bins
-- are judged beside it, each by itself.
with record_counts as (
    select * from {{ ref('int_lead__record_count') }}
),

judged as (
    select
        *,
        {{ kpi_is_count_hit('book_qty', 'counted_qty', 'tolerance_ratio') }} as is_hit,
        {{ product('book_qty', 'unit_cost_amount') }} as book_amount,
        {{ product('counted_qty - book_qty', 'unit_cost_amount') }} as variance_amount
    from record_counts
),

final as (
    select
        location_id,
        abc_class,
        week_start_date,
        count(*) filter (where is_representative) as count_count,
        count(*) filter (where is_representative and is_hit) as hit_count,
        count(*) filter (where not is_representative) as targeted_count,
        count(*) filter (where not is_representative and is_hit) as targeted_hit_count,
        cast(coalesce(sum(bin_count) filter (where is_representative), 0) as bigint) as bin_count,
        cast(coalesce(sum(bin_hit_count) filter (where is_representative), 0) as bigint) as bin_hit_count,
        count(*) filter (where is_representative and book_qty = 0 and counted_qty = 0) as empty_confirmed_count,
        cast(sum(result_count) as bigint) as result_count,
        cast(sum(recounted_count) as bigint) as recounted_count,
        cast(sum(recount_agreed_count) as bigint) as recount_agreed_count,
        cast(coalesce(sum(book_amount) filter (where is_representative), 0) as decimal(24, 4)) as book_amount,
        cast(coalesce(sum(abs(variance_amount)) filter (where is_representative), 0) as decimal(24, 4))
            as gross_variance_amount,
        cast(coalesce(sum(variance_amount) filter (where is_representative), 0) as decimal(24, 4))
            as net_variance_amount,
        count(*) filter (where is_representative and unit_cost_amount is null) as uncosted_count
    from judged
    group by location_id, abc_class, week_start_date
)

select * from final
