-- Which record of a site to count next: first what cannot be, then what was never counted, then money times the chance
-- that the record is wrong times the days it has waited.
with healths as (
    select * from {{ ref('kpi_stock_record_health') }}
),

misses as (
    select * from {{ ref('int_lead__count_miss') }}
),

chanced as (
    select
        healths.*,
        {{ kpi_error_probability('healths.phantom_probability', 'misses.miss_probability') }} as error_probability
    from healths
    left join misses using (location_id, abc_class)
),

weighed as (
    select
        *,
        {{ kpi_count_weight('on_hand_amount', 'error_probability', 'days_since_count') }} as count_weight_amount
    from chanced
),

final as (
    select
        sku_id,
        location_id,
        division_code,
        as_of_date,
        abc_class,
        on_hand_qty,
        on_hand_amount,
        last_counted_at,
        days_since_count,
        error_probability,
        count_weight_amount,
        case
            when is_negative then 'negative'
            when last_counted_at is null then 'never_counted'
            when has_short_picks then 'short_picks'
            when is_frozen_seller then 'frozen_seller'
            when is_ledger_off then 'ledger_off'
            when has_opposite_bins then 'opposite_bins'
            when is_count_overdue then 'count_overdue'
            else 'value_at_risk'
        end as count_reason,
        cast(row_number() over (
            partition by location_id
            order by
                case when is_negative then 0 when last_counted_at is null then 1 else 2 end asc,
                count_weight_amount desc nulls last, error_probability desc, sku_id asc
        ) as integer) as count_rank
    from weighed
)

select * from final
