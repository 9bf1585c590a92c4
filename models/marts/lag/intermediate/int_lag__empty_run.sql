-- Days that a record's book closed without stock to sell, as runs. By policy oos_basis what counts is all of on hand,
-- or what is left of it beside goods that are blocked, reserved, damaged or expired (atp).
with on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
    where valid_from_date < valid_to_date
),

positions as (
    select * from {{ ref('fct_stock_position') }}
    where stock_status <> 'available' and valid_from_date < valid_to_date
),

locations as (
    select * from {{ ref('dim_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

basis_policy as (
    {{ policy_as_of(['oos_basis:text'], over='cutoff', as_of='as_of_date') }}
),

set_apart as (
    select positions.*
    from positions
    inner join locations
        on
            positions.location_id = locations.location_id
            and positions.owner_code = locations.division_code
    inner join basis_policy on basis_policy.oos_basis = 'atp'
),

divided_records as (
    select distinct
        sku_id,
        location_id
    from set_apart
),

{% set steps = {'valid_from_date': '', 'valid_to_date': '-'} %}

-- Few records ever have goods set apart: only these are added up anew.
changes as (
    {%- for day, sign in steps.items() %}
    select
        on_hand.sku_id,
        on_hand.location_id,
        on_hand.{{ day }} as change_date,
        {{ sign }}on_hand.on_hand_qty as change_qty
    from on_hand
    inner join divided_records using (sku_id, location_id)

    union all

    select
        sku_id,
        location_id,
        {{ day }} as change_date,
        -({{ sign }}on_hand_qty) as change_qty
    from set_apart
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

daily as (
    select
        sku_id,
        location_id,
        change_date,
        sum(change_qty) as change_qty
    from changes
    group by sku_id, location_id, change_date
),

usable as (
    select
        sku_id,
        location_id,
        sum(change_qty) over stock_days as usable_qty,
        change_date as empty_from_date,
        lead(change_date) over stock_days as empty_to_date
    from daily
    window stock_days as (partition by sku_id, location_id order by change_date)
),

final as (
    select
        on_hand.sku_id,
        on_hand.location_id,
        on_hand.valid_from_date as empty_from_date,
        on_hand.valid_to_date as empty_to_date
    from on_hand
    left join divided_records using (sku_id, location_id)
    where on_hand.on_hand_qty <= 0 and divided_records.sku_id is null

    union all

    select
        sku_id,
        location_id,
        empty_from_date,
        empty_to_date
    from usable
    where usable_qty <= 0 and empty_to_date is not null
)

select * from final
