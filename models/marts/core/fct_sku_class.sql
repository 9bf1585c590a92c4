-- Classes are set at each review and frozen until the next. The review at the cut-off is
-- provisional: it shows what the next one would say and governs only while there is no other.
with sku_usage as (
    select * from {{ ref('int_core__sku_usage') }}
),

reviews as (
    select * from {{ ref('int_core__class_review') }}
),

ranked as (
    select
        *,
        cast(
            sum(usage_amount) over (
                partition by review_date, is_provisional, scope_type, scope_id
                order by usage_amount desc, sku_id asc
                rows between unbounded preceding and current row
            ) as decimal(24, 4)
        ) as cumulative_amount,
        cast(
            sum(usage_amount) over (partition by review_date, is_provisional, scope_type, scope_id)
            as decimal(24, 4)
        ) as total_amount,
        cast(
            row_number() over (
                partition by review_date, is_provisional, scope_type, scope_id
                order by usage_amount desc, sku_id asc
            ) as integer
        ) as value_rank,
        {{ kpi_mean_square_ratio('usage_qty', 'sum_squared_weekly_qty') }} as mean_square_ratio
    from sku_usage
),

measured as (
    select
        *,
        {{ divide('active_week_count', 'demand_week_count') }} as adi_ratio,
        -- Over weeks with demand for the demand class, over all weeks for XYZ.
        {{ kpi_cv2('demand_week_count', 'mean_square_ratio') }} as nonzero_cv2_ratio,
        {{ kpi_cv2('active_week_count', 'mean_square_ratio') }} as all_weeks_cv2_ratio
    from ranked
),

classed as (
    select
        measured.*,
        reviews.window_start_date,
        case
            when measured.usage_qty > 0 and measured.uncosted_usage_count > 0 and measured.usage_amount = 0
                then null
            when
                measured.usage_qty = 0
                and {{ days_between('measured.first_event_date', 'measured.review_date') }} < reviews.abc_new_item_days
                then 'N'
            when measured.usage_qty = 0 then 'D'
            else
                {{ kpi_abc_class(
                    'measured.cumulative_amount - measured.usage_amount', 'measured.cumulative_amount',
                    'measured.total_amount', 'reviews.abc_a_limit', 'reviews.abc_b_limit', 'reviews.abc_boundary'
                ) }}
        end as abc_class,
        {{ kpi_xyz_class('measured.all_weeks_cv2_ratio', 'reviews.xyz_x_limit', 'reviews.xyz_y_limit') }} as xyz_class,
        {{ kpi_demand_class(
            'measured.adi_ratio', 'measured.nonzero_cv2_ratio', 'reviews.adi_cut', 'reviews.cv2_cut'
        ) }} as demand_class
    from measured
    inner join reviews
        on
            measured.review_date = reviews.review_date
            and measured.is_provisional = reviews.is_provisional
),

validity as (
    select
        scope_type,
        scope_id,
        sku_id,
        review_date,
        lead(review_date) over (partition by scope_type, scope_id, sku_id order by review_date) as next_review_date
    from classed
    where not is_provisional
),

final as (
    select
        classed.scope_type,
        classed.scope_id,
        classed.sku_id,
        classed.review_date,
        classed.is_provisional,
        validity.review_date as effective_from_date,
        case
            when validity.review_date is not null then coalesce(validity.next_review_date, date '9999-12-31')
        end as effective_to_date,
        classed.window_start_date,
        classed.usage_qty,
        classed.usage_amount,
        classed.value_rank,
        classed.cumulative_amount,
        classed.total_amount,
        classed.abc_class,
        case when classed.abc_class is null then 'no_cost' end as abc_reason,
        classed.adi_ratio,
        classed.nonzero_cv2_ratio,
        classed.demand_class,
        classed.all_weeks_cv2_ratio,
        classed.xyz_class
    from classed
    left join validity
        on
            classed.scope_type = validity.scope_type
            and classed.scope_id = validity.scope_id
            and classed.sku_id = validity.sku_id
            and classed.review_date = validity.review_date
            and not classed.is_provisional
)

select * from final
