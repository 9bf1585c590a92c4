-- The weights of a score of suppliers add up to 1 on every day: else a score of 1 would not be the best there is. Rows:
-- days on which a weight begins and the weights in force then do not.
with weights as (
    select *
    from {{ ref('policy_rows') }}
    where policy_key like 'supplier_score_%_weight' and scope_type = 'company'
),

days as (
    select distinct effective_from as from_date
    from weights
),

final as (
    select
        days.from_date,
        sum(cast(weights.value as decimal(18, 6))) as weight_sum
    from days
    inner join weights
        on
            days.from_date >= weights.effective_from
            and days.from_date < coalesce(weights.effective_to, date '9999-12-31')
    group by days.from_date
    having sum(cast(weights.value as decimal(18, 6))) <> 1
)

select * from final
