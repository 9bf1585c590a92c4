-- What each span of a promotion should have sold without it, beside what it sold, and how sure that is.
with spans as (
    select * from {{ ref('int_lead__promotion_span') }}
),

usual as (
    select * from {{ ref('int_lead__promotion_usual') }}
),

joined as (
    select
        spans.*,
        coalesce(usual.point_count, 0) as point_count,
        {{ multiply('usual.usual_daily_qty', 'spans.season_days') }} as baseline_qty,
        {{ multiply('usual.others_usual_daily_qty', 'spans.season_days') }} as others_baseline_qty,
        {{ divide(product('spans.season_days', 'spans.season_days'), 'usual.point_count') }} as spread_days
    from spans
    left join usual using (division_code, promotion_code, sku_id, location_id, iso_weekday)
),

final as (
    select
        division_code,
        promotion_code,
        sku_id,
        location_id,
        span,
        bool_or(is_overlapping) as is_overlapping,
        cast(sum(day_count) as integer) as day_count,
        cast(min(point_count) as integer) as least_point_count,
        cast(sum(sold_qty) as decimal(18, 4)) as sold_qty,
        cast(sum(others_sold_qty) as decimal(18, 4)) as others_sold_qty,
        cast(sum(baseline_qty) as decimal(24, 6)) as baseline_qty,
        cast(sum(others_baseline_qty) as decimal(24, 6)) as others_baseline_qty,
        cast(sum(season_days) as decimal(24, 6)) as season_days,
        cast(sum(spread_days) as decimal(24, 6)) as spread_days
    from joined
    group by division_code, promotion_code, sku_id, location_id, span
)

select * from final
