-- The days by which a promotion is judged: of each weekday the last ones before it with goods, without a promotion of
-- the record and without the dip after one; sales freed of the season.
with promotions as (
    select * from {{ ref('int_lead__promotion') }}
),

record_days as (
    select * from {{ ref('int_lead__promoted_record_day') }}
    where is_past and promotion_code is null and not is_stockout
),

promotion_policy as (
    {{ policy_as_of(['promotion_baseline_weeks'], over='promotions', as_of='as_of_date') }}
),

ranked as (
    select
        promotions.promotion_code,
        promotions.division_code,
        promotions.sku_id,
        promotions.location_id,
        promotions.as_of_date,
        record_days.iso_weekday,
        record_days.sold_qty,
        record_days.others_sold_qty,
        record_days.season_ratio,
        row_number() over (
            partition by
                promotions.division_code, promotions.promotion_code, promotions.sku_id, promotions.location_id,
                record_days.iso_weekday
            order by record_days.date_day desc
        ) as week_rank
    from promotions
    inner join record_days
        on
            promotions.sku_id = record_days.sku_id
            and promotions.location_id = record_days.location_id
            and promotions.look_from_date <= record_days.date_day
            and promotions.anchor_date > record_days.date_day
),

final as (
    select
        ranked.division_code,
        ranked.promotion_code,
        ranked.sku_id,
        ranked.location_id,
        ranked.iso_weekday,
        cast(ranked.week_rank as integer) as week_rank,
        {{ divide('ranked.sold_qty', 'ranked.season_ratio') }} as usual_qty,
        {{ divide('ranked.others_sold_qty', 'ranked.season_ratio') }} as others_usual_qty
    from ranked
    inner join promotion_policy on ranked.as_of_date = promotion_policy.as_of_date
    where ranked.week_rank <= promotion_policy.promotion_baseline_weeks
)

select * from final
