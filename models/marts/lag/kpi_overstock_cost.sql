-- What stock beyond its plan costs a year, by segment. Records without a plan or a cost are told apart: nobody knows
-- what is too much of them.
with records as (
    select
        *,
        case when excess_amount is not null then on_hand_amount end as judged_amount,
        case when excess_qty is null then on_hand_amount end as unplanned_amount,
        {{ product('excess_amount', 'carrying_rate', 4) }} as excess_cost_amount
    from {{ ref('int_lag__excess_stock') }}
),

segments as (
    select
        location_id,
        category,
        abc_class,
        division_code,
        company_code,
        as_of_date,
        cast(count(*) as integer) as record_count,
        cast(count(*) filter (where excess_qty > 0) as integer) as excess_record_count,
        {%- for amount in ['judged', 'excess', 'excess_cost', 'unplanned'] %}
        cast(coalesce(sum({{ amount }}_amount), 0) as decimal(24, 4)) as {{ amount }}_amount,
        {%- endfor %}
        cast(count(*) filter (where on_hand_amount is null) as integer) as uncosted_record_count,
        cast(count(*) filter (where excess_qty is null) as integer) as unplanned_record_count
    from records
    group by location_id, category, abc_class, division_code, company_code, as_of_date
),

segment_policy as (
    {{ policy_as_of(
        ['overstock_limit'], over='segments', as_of='as_of_date',
        scopes={'location': 'location_id', 'category': 'category', 'abc_class': 'abc_class'}
    ) }}
),

final as (
    select
        segments.*,
        {{ kpi_stock_share('segments.excess_amount', 'segments.judged_amount') }} as overstock_ratio,
        {{ divide('segments.excess_cost_amount', 'segments.excess_amount') }} as carrying_rate,
        case
            when segments.judged_amount > 0 then null
            when segments.uncosted_record_count = segments.record_count then 'no_cost'
            else 'no_parameter'
        end as overstock_reason,
        segment_policy.overstock_limit as overstock_limit_ratio,
        coalesce(segments.excess_amount > segment_policy.overstock_limit * segments.judged_amount, false)
            as is_overstocked
    from segments
    inner join segment_policy using (as_of_date, location_id, category, abc_class)
)

select * from final
