-- What a review cuts out of the list of usage, whatever the class was before. The reviews of an item are numbered in
-- order, the provisional one last.
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

final as (
    select
        measured.scope_type,
        measured.scope_id,
        measured.sku_id,
        measured.review_date,
        measured.is_provisional,
        cast(
            row_number() over (
                partition by measured.scope_type, measured.scope_id, measured.sku_id
                order by measured.is_provisional, measured.review_date
            ) as integer
        ) as review_number,
        reviews.window_start_date,
        measured.usage_qty,
        measured.usage_amount,
        measured.value_rank,
        measured.cumulative_amount,
        measured.total_amount,
        measured.adi_ratio,
        measured.nonzero_cv2_ratio,
        measured.all_weeks_cv2_ratio,
        reviews.abc_a_limit,
        reviews.abc_b_limit,
        reviews.abc_boundary,
        reviews.abc_hysteresis,
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
        end as cut_abc_class,
        {{ kpi_xyz_class('measured.all_weeks_cv2_ratio', 'reviews.xyz_x_limit', 'reviews.xyz_y_limit') }} as xyz_class,
        {{ kpi_demand_class(
            'measured.adi_ratio', 'measured.nonzero_cv2_ratio', 'reviews.adi_cut', 'reviews.cv2_cut'
        ) }} as demand_class
    from measured
    inner join reviews
        on
            measured.review_date = reviews.review_date
            and measured.is_provisional = reviews.is_provisional
)

select * from final
