-- Picks of a SKU from a bin by week, and those that went wrong for where the goods lie: the wrong goods or quantity, or
-- goods found in another bin. That a shelf held too little says nothing of its place.
with picks as (
    select * from {{ ref('fct_order_stage') }}
    where order_stage = 'picked' and bin_code is not null
),

pick_errors as (
    select * from {{ ref('fct_pick_error') }}
    where error_type in ('wrong_item', 'wrong_qty', 'found_elsewhere') and bin_code <> '-'
),

events as (
    select
        sku_id,
        location_id,
        bin_code,
        occurred_date,
        1 as picks,
        0 as errors,
        0 as elsewhere
    from picks

    union all

    select
        sku_id,
        location_id,
        bin_code,
        occurred_date,
        0 as picks,
        1 as errors,
        case when error_type = 'found_elsewhere' then 1 else 0 end as elsewhere
    from pick_errors
),

final as (
    select
        sku_id,
        location_id,
        bin_code,
        cast(date_trunc('week', occurred_date) as date) as week_start_date,
        cast(sum(picks) as bigint) as pick_count,
        cast(sum(errors) as bigint) as error_count,
        cast(sum(elsewhere) as bigint) as elsewhere_count
    from events
    group by sku_id, location_id, bin_code, cast(date_trunc('week', occurred_date) as date)
)

select * from final
