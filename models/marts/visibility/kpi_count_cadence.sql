-- How often the records of a class at a site are counted, should be, and what lies uncounted for longer than that.
with options as (
    select * from {{ ref('fct_count_cadence_option') }}
),

decay as (
    select * from {{ ref('int_visibility__count_decay') }}
),

records as (
    select * from {{ ref('fct_stock_record') }}
),

choices as (
    select
        location_id,
        abc_class,
        max(count_day_count) filter (where is_current) as present_count_days,
        max(total_cost_amount) filter (where is_current) as present_cost_amount,
        max(count_day_count) filter (where is_chosen) as recommended_count_days,
        max(total_cost_amount) filter (where is_chosen) as recommended_cost_amount,
        max(expected_error_amount) filter (where is_chosen) as expected_error_amount
    from options
    group by location_id, abc_class
),

held as (
    select
        records.location_id,
        records.abc_class,
        count(*) filter (where records.on_hand_qty <> 0 and records.days_since_count > choices.recommended_count_days)
            as overdue_record_count,
        sum(records.on_hand_amount) filter (where records.days_since_count > choices.recommended_count_days)
            as overdue_amount,
        sum(records.on_hand_amount) as on_hand_amount,
        count(*) filter (where records.on_hand_qty > 0 and records.on_hand_amount is null) as uncosted_record_count
    from records
    inner join choices using (location_id, abc_class)
    group by records.location_id, records.abc_class
),

sample_policy as (
    {{ policy_as_of(
        ['count_sample_accuracy', 'count_sample_error', 'count_sample_z'],
        over='decay', as_of='as_of_date', scopes={'abc_class': 'abc_class', 'location': 'location_id'}
    ) }}
),

final as (
    select
        decay.location_id,
        decay.abc_class,
        decay.as_of_date,
        decay.record_count,
        decay.count_count,
        decay.pair_count,
        decay.fitted_on,
        decay.decay_amount,
        choices.present_count_days as present_count_day_count,
        choices.recommended_count_days as recommended_count_day_count,
        {{ kpi_counts_per_year('choices.recommended_count_days') }} as counts_per_year_rate,
        choices.present_cost_amount,
        choices.recommended_cost_amount,
        cast(choices.present_cost_amount - choices.recommended_cost_amount as decimal(24, 4)) as saving_amount,
        choices.expected_error_amount,
        decay.cadence_reason,
        {{ kpi_count_sample_size(
            'decay.record_count', 'sample_policy.count_sample_accuracy', 'sample_policy.count_sample_error',
            'sample_policy.count_sample_z'
        ) }} as sample_record_count,
        coalesce(held.overdue_record_count, 0) as overdue_record_count,
        cast(case when decay.cadence_reason is null then coalesce(held.overdue_amount, 0) end as decimal(24, 4))
            as overdue_amount,
        cast(coalesce(held.on_hand_amount, 0) as decimal(24, 4)) as on_hand_amount,
        coalesce(held.uncosted_record_count, 0) as uncosted_record_count,
        case
            when decay.cadence_reason is null and held.on_hand_amount > 0
                then {{ divide('coalesce(held.overdue_amount, 0)', 'held.on_hand_amount') }}
        end as overdue_value_ratio,
        case
            when decay.cadence_reason is not null then decay.cadence_reason
            when coalesce(held.on_hand_amount, 0) <= 0 then 'no_stock'
        end as overdue_value_reason
    from decay
    inner join choices using (location_id, abc_class)
    inner join sample_policy using (as_of_date, abc_class, location_id)
    left join held using (location_id, abc_class)
)

select * from final
