-- What each 3PL says it holds, in base units: one row per line of an advice, of the latest extract that brought it.
with advices as (
    select * from {{ ref('stg_tpl__stock_advices') }}
),

tpl_items as (
    select * from {{ ref('stg_unified__tpl_item') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

tpl_codes as (
    {{ known_tpl_codes() }}
),

ranked as (
    {{ latest_extracts('advices', ['provider_code', 'advice_id', 'line_number']) }}
),

sequenced as (
    select
        *,
        max(sequence_no) over (partition by provider_code, site_code, as_of_at, advice_id) as advice_sequence_no
    from ranked
),

-- An advice that speaks of the same site and instant again, under another id, replaces the one before: it never adds up.
replaced as (
    select
        *,
        advice_sequence_no
        < max(advice_sequence_no) over (partition by provider_code, site_code, as_of_at) as is_superseded
    from sequenced
),

final as (
    select
        replaced.provider_code,
        replaced.advice_id,
        replaced.line_number,
        replaced.is_superseded,
        case when not replaced.is_superseded then {{ unknown_tpl_member_rule() }} end as quarantine_rule,
        replaced.site_code,
        locations.location_id,
        locations.division_code,
        replaced.provider_item_code as item_code,
        tpl_items.sku_id,
        coalesce(replaced.owner_code, locations.division_code) as owner_code,
        coalesce(replaced.stock_status, 'available') as stock_status,
        cast(replaced.on_hand_qty * tpl_items.factor_to_base as decimal(18, 4)) as on_hand_qty,
        replaced.as_of_at,
        {{ lineage_columns('replaced') }}
    from replaced
    {{ join_tpl_items('replaced') }}
)

select * from final
