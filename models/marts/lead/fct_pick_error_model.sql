-- How well the chance that a pick goes wrong is known at each site, judged on the weeks held out.
with chances as (
    select * from {{ ref('int_lead__pick_error_chance') }}
),

-- Right and wrong picks of equal chance stand together: half of the pairs of a tie count.
levels as (
    select
        location_id,
        error_probability,
        cast(sum(error_count) as decimal(12, 0)) as error_count,
        cast(sum(trial_count - error_count) as decimal(12, 0)) as right_count
    from chances
    where is_holdout
    group by location_id, error_probability
),

paired as (
    select
        *,
        error_count * (
            2 * cast(coalesce(sum(right_count) over (
                partition by location_id order by error_probability
                rows between unbounded preceding and 1 preceding
            ), 0) as decimal(12, 0)) + right_count
        ) as doubled_pairs
    from levels
),

judged as (
    select
        location_id,
        cast(sum(error_count) as bigint) as holdout_error_count,
        sum(doubled_pairs) as doubled_pairs,
        2 * cast(sum(error_count) as decimal(12, 0)) * cast(sum(right_count) as decimal(12, 0)) as doubled_all
    from paired
    group by location_id
),

totals as (
    select
        location_id,
        bool_or(is_fitted) as is_fitted,
        cast(sum(trial_count) as bigint) as pick_count,
        cast(sum(error_count) as bigint) as error_count,
        cast(sum(error_count) filter (where not is_holdout) as bigint) as training_error_count
    from chances
    group by location_id
),

final as (
    select
        totals.location_id,
        totals.pick_count,
        totals.error_count,
        coalesce(totals.training_error_count, 0) as training_error_count,
        coalesce(judged.holdout_error_count, 0) as holdout_error_count,
        totals.is_fitted,
        case when totals.is_fitted then {{ kpi_slotting_ratio('judged.doubled_pairs', 'judged.doubled_all') }} end
            as holdout_auc_ratio,
        case
            when not totals.is_fitted then 'few_errors'
            when coalesce(judged.doubled_all, 0) = 0 then 'nothing_held_out'
        end as model_reason
    from totals
    left join judged using (location_id)
)

select * from final
