-- Who moved where at each review. The value of an item is the mean of its usage at both reviews, so that what was
-- dear and what became dear count alike.
with classes as (
    select * from {{ ref('fct_sku_class') }}
),

compared as (
    select
        *,
        lag(review_date) over reviews as previous_review_date,
        coalesce(lag(abc_class) over reviews, '-') as previous_abc_class,
        lag(usage_amount) over reviews as previous_usage_amount
    from classes
    window reviews as (partition by scope_type, scope_id, sku_id order by is_provisional, review_date)
),

grouped as (
    select
        scope_type,
        scope_id,
        review_date,
        is_provisional,
        previous_abc_class,
        coalesce(abc_class, '-') as abc_class,
        previous_review_date is null as is_first_review,
        cast(count(*) as integer) as sku_count,
        cast(sum(coalesce(previous_usage_amount, 0)) as decimal(24, 4)) as previous_usage_amount,
        cast(sum(usage_amount) as decimal(24, 4)) as usage_amount
    from compared
    group by
        scope_type, scope_id, review_date, is_provisional, previous_abc_class, coalesce(abc_class, '-'),
        previous_review_date is null
),

final as (
    select
        *,
        not is_first_review and previous_abc_class <> abc_class as is_moved,
        {{ kpi_migration_amount('previous_usage_amount', 'usage_amount') }} as migration_amount
    from grouped
)

select * from final
