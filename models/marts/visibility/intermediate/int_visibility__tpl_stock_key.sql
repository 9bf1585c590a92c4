-- Every SKU at the sites of a 3PL that it or our ledger knows at the instant of an advice.
with messages as (
    select * from {{ ref('fct_shipment_message') }}
),

advices as (
    select * from {{ ref('fct_stock_balance') }}
    where system_code = 'tpl' and is_owned
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
),

-- A site is run by the provider that writes about it; every message about it may name it.
sites as (
    select distinct
        provider_code,
        location_id
    from messages
),

moments as (
    select distinct
        location_id,
        cut_off_at
    from advices
),

instants as (
    select
        sites.provider_code,
        sites.location_id,
        moments.cut_off_at
    from sites
    inner join moments using (location_id)
),

final as (
    {%- for rows, at_that_time in {
        'advices': 'instants.cut_off_at = advices.cut_off_at',
        'on_hand': 'instants.cut_off_at >= on_hand.valid_from and instants.cut_off_at < on_hand.valid_to',
    }.items() %}
    select
        instants.provider_code,
        {{ rows }}.sku_id,
        instants.location_id,
        instants.cut_off_at
    from instants
    inner join {{ rows }} on instants.location_id = {{ rows }}.location_id and {{ at_that_time }}
    {%- if not loop.last %}

    union
    {% endif %}
    {%- endfor %}
)

select * from final
