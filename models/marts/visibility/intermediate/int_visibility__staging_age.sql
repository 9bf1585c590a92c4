-- How long goods have stood in the staging bins of a site. They are taken for the newest that came in: the age is that
-- of the latest arrival with which all arrivals since make up what stands there; else of the first one.
with bin_stock as (
    select * from {{ ref('int_visibility__bin_stock') }}
    where zone_type = 'staging'
),

movements as (
    select * from {{ ref('fct_stock_movement') }}
    where movement_type in ('receipt', 'transfer_in', 'production') and movement_qty > 0 and is_current_version
),

staged as (
    select
        sku_id,
        location_id,
        cut_off_at,
        sum(on_hand_qty) as staging_qty
    from bin_stock
    group by sku_id, location_id, cut_off_at
    having sum(on_hand_qty) > 0
),

arrivals as (
    select
        staged.*,
        movements.occurred_at,
        sum(movements.movement_qty) over (
            partition by staged.sku_id, staged.location_id order by movements.occurred_at desc
        ) as arrived_since_qty
    from staged
    left join movements
        on
            staged.sku_id = movements.sku_id
            and staged.location_id = movements.location_id
            and staged.cut_off_at >= movements.occurred_at
),

dated as (
    select
        sku_id,
        location_id,
        cut_off_at,
        staging_qty,
        coalesce(
            max(occurred_at) filter (where arrived_since_qty >= staging_qty), min(occurred_at)
        ) as staged_at
    from arrivals
    group by sku_id, location_id, cut_off_at, staging_qty
),

final as (
    select
        sku_id,
        location_id,
        cast(staging_qty as decimal(18, 4)) as staging_qty,
        staged_at,
        {{ hours_between('staged_at', 'cut_off_at') }} as staging_hours
    from dated
)

select * from final
