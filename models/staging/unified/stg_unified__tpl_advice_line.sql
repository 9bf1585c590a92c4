-- Lines of the stock advices of each 3PL, of the latest extract that brought them. An advice that speaks of the same site
-- and instant again, under another id, replaces the one before: it never adds up.
with advices as (
    select * from {{ ref('stg_tpl__stock_advices') }}
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

final as (
    select
        provider_code,
        advice_id,
        line_number,
        site_code,
        provider_item_code,
        owner_code,
        coalesce(stock_status, 'available') as stock_status,
        on_hand_qty,
        provider_uom,
        as_of_at,
        advice_sequence_no < max(advice_sequence_no) over (partition by provider_code, site_code, as_of_at)
            as is_superseded,
        {{ lineage_columns('sequenced') }}
    from sequenced
)

select * from final
