-- Classes are set at each review and frozen until the next. The review at the cut-off is provisional: it shows what
-- the next one would say and governs only while there is no other. An item near a limit keeps the class of the review
-- before, where policy abc_hysteresis says how near.
with recursive cuts as (
    select * from {{ ref('int_core__sku_class_cut') }}
),

held as (
    select
        scope_type,
        scope_id,
        sku_id,
        review_number,
        cut_abc_class as abc_class
    from cuts
    where review_number = 1

    union all

    select
        cuts.scope_type,
        cuts.scope_id,
        cuts.sku_id,
        cuts.review_number,
        {{ kpi_held_class(
            'cuts.cut_abc_class', 'held.abc_class', 'cuts.cumulative_amount - cuts.usage_amount', 'cuts.cumulative_amount',
            'cuts.total_amount', 'cuts.abc_a_limit', 'cuts.abc_b_limit', 'cuts.abc_boundary', 'cuts.abc_hysteresis'
        ) }} as abc_class
    from held
    inner join cuts
        on
            held.scope_type = cuts.scope_type
            and held.scope_id = cuts.scope_id
            and held.sku_id = cuts.sku_id
            and held.review_number + 1 = cuts.review_number
),

classed as (
    select
        cuts.*,
        held.abc_class,
        case when not cuts.is_provisional then cuts.review_date end as effective_from_date,
        lead(case when not cuts.is_provisional then cuts.review_date end) over (
            partition by cuts.scope_type, cuts.scope_id, cuts.sku_id order by cuts.review_number
        ) as next_review_date
    from cuts
    inner join held using (scope_type, scope_id, sku_id, review_number)
),

final as (
    select
        scope_type,
        scope_id,
        sku_id,
        review_date,
        is_provisional,
        effective_from_date,
        case when effective_from_date is not null then coalesce(next_review_date, date '9999-12-31') end
            as effective_to_date,
        window_start_date,
        usage_qty,
        usage_amount,
        value_rank,
        cumulative_amount,
        total_amount,
        abc_class,
        cut_abc_class,
        case when abc_class is null then 'no_cost' end as abc_reason,
        adi_ratio,
        nonzero_cv2_ratio,
        demand_class,
        all_weeks_cv2_ratio,
        xyz_class
    from classed
)

select * from final
