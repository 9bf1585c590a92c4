-- The reviews at which classes are set, each with its policy and its window of usage.
with cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

dates as (
    select * from {{ ref('dim_date') }}
),

month_starts as (
    select dates.date_day
    from dates
    inner join cutoff on dates.date_day <= cutoff.as_of_date
    where dates.date_day = dates.month_start_date
),

review_calendar as (
    {{ policy_as_of(['abc_review_months'], over='month_starts', as_of='date_day') }}
),

-- Every so many months, counted from January.
reviews as (
    select
        date_day as review_date,
        false as is_provisional
    from review_calendar
    where (extract(month from date_day) - 1) % abc_review_months = 0

    union all

    -- What a review on the day after the cut-off would say.
    select
        {{ add_days('as_of_date', 1) }} as review_date,
        true as is_provisional
    from cutoff
),

review_policy as (
    {{ policy_as_of(
        ['abc_a_limit', 'abc_b_limit', 'abc_boundary:text', 'abc_window_months', 'abc_new_item_days',
         'xyz_x_limit', 'xyz_y_limit', 'adi_cut', 'cv2_cut', 'abc_hysteresis'],
        over='reviews', as_of='review_date'
    ) }}
),

final as (
    select
        reviews.review_date,
        reviews.is_provisional,
        {{ add_months('reviews.review_date', '-review_policy.abc_window_months') }} as window_start_date,
        review_policy.abc_a_limit,
        review_policy.abc_b_limit,
        review_policy.abc_boundary,
        review_policy.abc_hysteresis,
        review_policy.abc_new_item_days,
        review_policy.xyz_x_limit,
        review_policy.xyz_y_limit,
        review_policy.adi_cut,
        review_policy.cv2_cut
    from reviews
    inner join review_policy on reviews.review_date = review_policy.review_date
)

select * from final
