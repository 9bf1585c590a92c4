{{ config(materialized='ledger') }}
-- depends_on: {{ ref('stg_unified__movement_month') }}
-- One row per delivered event, winners and losers alike, so that every accepted row is accounted for.
with movements as (
    select * from {{ ref('stg_wms__movements') }}
    where {{ kernel_scope() }}
),

-- Units as they were spelled: there are few, and millions of rows to read them in.
spellings as (
    {{ unit_spellings(ref('stg_wms__movements'), kernel_scope()) }}
),

redeliveries as (
    select * from {{ ref('stg_unified__redelivery') }}
),

clocks as (
    select * from {{ ref('stg_unified__event_clock') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

uom_factors as (
    select * from {{ ref('stg_unified__uom_factor') }}
),

local_days as (
    select * from {{ ref('stg_unified__local_day') }}
),

open_days as (
    select * from {{ ref('stg_unified__open_day') }}
),

booked_versions as (
    select * from {{ ref('stg_unified__booked_version') }}
),

-- What each reversal takes back, found from the few reversals and not from the many events.
reversals as (
    {{ reversed_events(ref('stg_wms__movements'), kernel_scope()) }}
),

said as (
    {{ said_of_deliveries() }}
),

ranked as (
    select
        movements.*,
        coalesce(said.believed_at, movements.occurred_at) as ordered_at,
        coalesce(movements.source_version, 1) as delivery_version,
        coalesce(said.delivery_rank, 1) as delivery_rank,
        coalesce(said.is_same_as_winner, true) as is_same_as_winner,
        said.payload_hash,
        -- A reversal counts as the kind of event it takes back, so that demand and cost of sales net out.
        said.reversed_event_type,
        said.posting_number as booked_number,
        said.posting_date as booked_date,
        said.posted_at as booked_at,
        said.reversal_posting_date,
        said.reversal_posted_at
    from movements
    {{ join_delivery('movements', 'said') }}
),

aligned as (
    select
        ranked.*,
        locations.location_id,
        locations.division_code,
        {{ local_business_date('ranked.ordered_at') }} as event_date,
        crosswalk.sku_id,
        uom_factors.factor_to_base,
        uom_factors.uom_code,
        {{ unknown_member_rule('locations.location_id') }} as unknown_rule
    from ranked
    left join locations on ranked.site_code = locations.site_code
    left join spellings on ranked.uom = spellings.uom
    {{ join_local_day('ranked.ordered_at', 'locations.time_zone') }}
    {{ join_item_units('ranked', 'locations.division_code', at='ranked.ordered_at', uom_key='spellings.uom_key') }}
),

-- The books hold the winner, and of an event corrected after its day had closed also the version of that day.
posted as (
    select
        aligned.*,
        case when aligned.delivery_rank = 1 then aligned.unknown_rule end as quarantine_rule,
        aligned.unknown_rule is null
        and (aligned.payload_hash is null or aligned.booked_number is not null) as is_booked,
        coalesce(aligned.booked_number, 1) as posting_number,
        coalesce(aligned.booked_date, {{ posting_date('aligned.event_date') }}) as posting_date,
        coalesce(aligned.booked_at, {{ posted_at('aligned.event_date', 'aligned.ordered_at') }}) as posted_at
    from aligned
    {{ join_open_day('aligned') }}
),

final as (
    select
        site_code,
        event_id,
        {{ delivery_status('delivery_rank', 'is_same_as_winner', 'quarantine_rule') }} as delivery_status,
        quarantine_rule,
        delivery_version,
        payload_hash,
        sku_id,
        location_id,
        division_code,
        item_code,
        event_type,
        coalesce(reversed_event_type, event_type) as movement_type,
        coalesce(lot_code, '-') as lot_code,
        coalesce(owner_code, division_code, '-') as owner_code,
        coalesce(stock_status, 'available') as stock_status,
        from_stock_status,
        to_stock_status,
        from_bin,
        to_bin,
        movement_qty as source_qty,
        uom_code,
        {{ base_quantity('movement_qty', 'factor_to_base') }} as movement_qty,
        ordered_at as occurred_at,
        recorded_at,
        event_date,
        {{ booked_columns('is_booked') }}
        device_id,
        sequence_no,
        transfer_id,
        reverses_event_id,
        reference,
        reason,
        _meta_batch_id,
        _meta_extracted_at,
        _meta_file,
        _meta_row
    from posted
)

select * from final
