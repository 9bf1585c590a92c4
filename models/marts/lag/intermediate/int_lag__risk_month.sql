-- What stock lost in each month: net write-offs, and what counts found missing less what they found, company currency.
with write_off_lines as (
    select * from {{ ref('int_lag__write_off_line') }}
),

count_losses as (
    select * from {{ ref('int_lag__count_loss') }}
),

losses as (
    select
        sku_id,
        location_id,
        month_start_date,
        net_amount as write_off_amount,
        0 as shrink_amount
    from write_off_lines

    union all

    select
        sku_id,
        location_id,
        month_start_date,
        0 as write_off_amount,
        shrink_amount
    from count_losses
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        cast(coalesce(sum(write_off_amount), 0) as decimal(24, 4)) as write_off_amount,
        cast(coalesce(sum(shrink_amount), 0) as decimal(24, 4)) as shrink_amount
    from losses
    group by sku_id, location_id, month_start_date
)

select * from final
