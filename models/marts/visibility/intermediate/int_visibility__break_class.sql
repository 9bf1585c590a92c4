-- Each break under the first class that applies, in the order of docs/formulas.md, with the evidence of that class.
with breaks as (
    select * from {{ ref('int_visibility__break') }}
),

gaps as (
    select * from {{ ref('fct_sequence_gap') }}
),

{% set classes = [
    ('uom_mismatch', 'int_visibility__uom_break'),
    ('opening_balance', 'int_visibility__opening_break'),
    ('timing', 'int_visibility__timing_break'),
    ('in_transit', 'int_visibility__transit_break'),
    ('ownership', 'int_visibility__ownership_break'),
    ('duplicate_txn', 'int_visibility__duplicate_break'),
    ('missing_txn', 'int_visibility__missing_break'),
    ('status_mismatch', 'int_visibility__status_break'),
    ('master_mismatch', 'int_visibility__master_break'),
] %}

applicable as (
    {%- for break_class, model in classes %}
    select
        sku_id,
        location_id,
        cut_off_at,
        '{{ break_class }}' as break_class,
        {{ loop.index0 }} as class_rank,
        explained_qty,
        evidence
    from {{ ref(model) }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

ranked as (
    select
        *,
        row_number() over (partition by sku_id, location_id, cut_off_at order by class_rank) as applicable_rank
    from applicable
),

-- A record that has not agreed since a device of its site lost an event is not confirmed by anybody.
unconfirmed as (
    select distinct
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at
    from breaks
    inner join gaps
        on
            breaks.location_id = gaps.location_id
            and breaks.last_equal_at < gaps.missing_to_at
            and breaks.as_of_at >= gaps.missing_from_at
),

final as (
    select
        breaks.sku_id,
        breaks.location_id,
        breaks.cut_off_at,
        coalesce(ranked.break_class, 'true_variance') as break_class,
        coalesce(ranked.explained_qty, 0) as explained_qty,
        coalesce(ranked.evidence, 'nothing explains it; side that stands alone: ' || breaks.side_alone) as evidence,
        cast({{ days_between('breaks.run_cut_off_at', 'breaks.cut_off_at') }} as integer) as break_age_days,
        unconfirmed.sku_id is not null as is_unconfirmed
    from breaks
    left join ranked
        on
            breaks.sku_id = ranked.sku_id
            and breaks.location_id = ranked.location_id
            and breaks.cut_off_at = ranked.cut_off_at
            and ranked.applicable_rank = 1
    left join unconfirmed
        on
            breaks.sku_id = unconfirmed.sku_id
            and breaks.location_id = unconfirmed.location_id
            and breaks.cut_off_at = unconfirmed.cut_off_at
)

select * from final
