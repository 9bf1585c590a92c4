-- Lines of the stock advices of each 3PL, of the latest extract that brought them. An advice that speaks of the same
-- site and instant again, under another id, replaces the one before: it never adds up.
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
        sequenced.provider_code,
        sequenced.advice_id,
        sequenced.line_number,
        sequenced.site_code,
        sequenced.provider_item_code,
        sequenced.owner_code,
        coalesce(sequenced.stock_status, 'available') as stock_status,
        sequenced.on_hand_qty,
        sequenced.provider_uom,
        sequenced.as_of_at,
        sequenced.advice_sequence_no < max(sequenced.advice_sequence_no) over (
            partition by sequenced.provider_code, sequenced.site_code, sequenced.as_of_at
        ) as is_superseded,
        {{ lineage_columns('sequenced') }}
    from sequenced
)

select * from final
