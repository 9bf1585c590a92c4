-- Transfers of owned stock at cost. What left and arrived in one month nets to nil over its records: a cost that is
-- another where the goods arrive is a change of price, told at the first leg in. The rest is on its way, or its
-- other leg is missing.
with legs as (
    select * from {{ ref('int_lag__bridge_transfer_leg') }}
),

paired as (
    select
        *,
        sum(movement_qty) over one_transfer = 0 as is_settled,
        cast(sum(leg_amount) over one_transfer as decimal(24, 6)) as net_amount,
        row_number() over (
            partition by transfer_id, sku_id, month_start_date order by movement_qty desc, movement_id asc
        ) = 1 as is_first_in
    from legs
    window one_transfer as (partition by transfer_id, sku_id, month_start_date)
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        cast(
            sum(case when is_first_in then leg_amount - net_amount else leg_amount end) filter (where is_settled)
            as decimal(24, 6)
        ) as transfer_amount,
        cast(sum(net_amount) filter (where is_settled and is_first_in) as decimal(24, 6)) as transfer_price_amount,
        cast(sum(leg_amount) filter (where not is_settled) as decimal(24, 6)) as in_transit_amount,
        bool_or(leg_amount is null) as is_uncosted
    from paired
    group by sku_id, location_id, month_start_date
)

select * from final
