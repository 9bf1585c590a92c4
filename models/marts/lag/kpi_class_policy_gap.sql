-- What the class of a record asks for beside what is planned and done, with the change that would bring them together.
with stock as (
    select * from {{ ref('int_lag__stock_now') }}
),

parameters as (
    select * from {{ ref('fct_planning_parameter') }}
    where is_leading
),

count_intervals as (
    select * from {{ ref('int_lag__count_rhythm') }}
),

class_policy as (
    {{ policy_as_of(
        ['default_service_level', 'class_review_days', 'count_cycle_days', 'class_service_tolerance',
         'class_count_tolerance'],
        over='stock', as_of='as_of_date', scopes={'abc_class': 'abc_class'}
    ) }}
),

joined as (
    select
        stock.*,
        stock.abc_class in ('A', 'B', 'C') as is_classed,
        coalesce(parameters.reorder_point_qty > 0, false) as is_replenished,
        class_policy.default_service_level as class_service_ratio,
        class_policy.class_service_tolerance,
        parameters.service_level_ratio as planned_service_ratio,
        class_policy.class_review_days,
        parameters.review_days as planned_review_days,
        class_policy.count_cycle_days as class_count_days,
        class_policy.class_count_tolerance,
        {{ divide('count_intervals.window_day_count', 'count_intervals.count_day_count') }} as actual_count_days,
        count_intervals.window_day_count > class_policy.count_cycle_days as is_count_due
    from stock
    inner join class_policy using (as_of_date, abc_class)
    left join parameters
        on
            stock.sku_id = parameters.sku_id
            and stock.location_id = parameters.location_id
            and stock.as_of_date >= parameters.valid_from_date
            and stock.as_of_date < parameters.valid_to_date
    left join count_intervals
        on stock.sku_id = count_intervals.sku_id and stock.location_id = count_intervals.location_id
),

judged as (
    select
        *,
        case
            when abc_class = 'D' and is_replenished then 'dead_planned'
            when is_classed then
                {{ kpi_class_gap(
                    'planned_service_ratio', 'class_service_ratio - class_service_tolerance',
                    'class_service_ratio + class_service_tolerance', 'below_class', 'above_class', "'no_parameter'"
                ) }}
        end as service_gap_reason,
        case
            when is_classed then
                {{ kpi_class_gap('planned_review_days', '0', 'class_review_days', 'too_often', 'too_seldom', 'null') }}
        end as review_gap_reason,
        case
            when is_classed then
                {{ kpi_class_gap(
                    'actual_count_days', 'class_count_days * (1 - class_count_tolerance)',
                    'class_count_days * (1 + class_count_tolerance)', 'too_often', 'too_seldom',
                    "case when is_count_due then 'never_counted' end"
                ) }}
        end as count_gap_reason
    from joined
),

final as (
    select
        sku_id,
        location_id,
        as_of_date,
        category,
        abc_class,
        xyz_class,
        on_hand_amount,
        class_service_ratio,
        cast(planned_service_ratio as decimal(18, 6)) as planned_service_ratio,
        service_gap_reason,
        case when service_gap_reason is not null and is_classed then class_service_ratio end as proposed_service_ratio,
        class_review_days,
        cast(planned_review_days as decimal(18, 6)) as planned_review_days,
        review_gap_reason,
        case when review_gap_reason is not null then class_review_days end as proposed_review_days,
        class_count_days,
        actual_count_days,
        count_gap_reason,
        case when count_gap_reason is not null then class_count_days end as proposed_count_days,
        coalesce(service_gap_reason, review_gap_reason, count_gap_reason) is not null as is_off_policy,
        case when not is_classed and abc_class <> 'D' then 'no_class' end as class_gap_reason
    from judged
)

select * from final
