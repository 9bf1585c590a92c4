-- How fast the records of a class at a site go wrong, fitted on their own counts or, where those are few, on the counts
-- of the class at all sites of the company; every class A, B, C at every site that holds stock has a row.
with records as (
    select * from {{ ref('fct_stock_record') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

pairs as (
    select * from {{ ref('int_visibility__count_pair') }}
),

classes as (
    select distinct abc_class
    from records
    {%- for abc_class in ['A', 'B', 'C'] %}

    union

    select '{{ abc_class }}' as abc_class
    {%- endfor %}
),

cells as (
    select
        records.location_id,
        classes.abc_class,
        max(records.as_of_date) as as_of_date,
        count(*) filter (where records.abc_class = classes.abc_class) as record_count
    from records
    cross join classes
    group by records.location_id, classes.abc_class
),

own as (
    select
        location_id,
        abc_class,
        count(*) as count_count,
        count(*) filter (where elapsed_day_count is not null) as pair_count,
        count(*) filter (where elapsed_day_count is not null and error_amount is null) as uncosted_pair_count,
        sum(error_amount) filter (where elapsed_day_count is not null) as error_amount,
        sum(decay_days) filter (where error_amount is not null) as decay_days,
        max(elapsed_day_count) as longest_day_count
    from pairs
    group by location_id, abc_class
),

joined as (
    select
        cells.*,
        locations.company_code,
        coalesce(own.count_count, 0) as count_count,
        coalesce(own.pair_count, 0) as pair_count,
        coalesce(own.uncosted_pair_count, 0) as uncosted_pair_count,
        coalesce(own.error_amount, 0) as error_amount,
        coalesce(own.decay_days, 0) as decay_days,
        own.longest_day_count
    from cells
    inner join locations on cells.location_id = locations.location_id
    left join own
        on
            cells.location_id = own.location_id
            and cells.abc_class = own.abc_class
),

fit_policy as (
    {{ policy_as_of(
        ['count_fit_min_pairs'],
        over='cells', as_of='as_of_date', scopes={'abc_class': 'abc_class', 'location': 'location_id'}
    ) }}
),

pooled as (
    select
        joined.*,
        joined.pair_count - joined.uncosted_pair_count >= fit_policy.count_fit_min_pairs as is_own_fit,
        sum(joined.count_count) over class_of_company as class_count_count,
        sum(joined.pair_count) over class_of_company as class_pair_count,
        sum(joined.error_amount) over class_of_company as class_error_amount,
        sum(joined.decay_days) over class_of_company as class_decay_days,
        max(joined.longest_day_count) over class_of_company as class_longest_day_count
    from joined
    inner join fit_policy using (as_of_date, abc_class, location_id)
    window class_of_company as (partition by joined.company_code, joined.abc_class)
),

final as (
    select
        location_id,
        abc_class,
        as_of_date,
        record_count,
        count_count,
        pair_count,
        uncosted_pair_count,
        case when is_own_fit then 'site' when class_decay_days > 0 then 'class' end as fitted_on,
        cast(case when is_own_fit then longest_day_count else class_longest_day_count end as integer)
            as longest_day_count,
        case
            when is_own_fit then {{ kpi_decay_rate('error_amount', 'decay_days') }}
            else {{ kpi_decay_rate('class_error_amount', 'class_decay_days') }}
        end as decay_amount,
        case
            when record_count = 0 then 'no_records'
            when class_count_count = 0 then 'no_count'
            when class_pair_count = 0 then 'one_count'
            when not is_own_fit and class_decay_days = 0 then 'no_cost'
            when case when is_own_fit then error_amount else class_error_amount end = 0 then 'no_variance'
        end as cadence_reason
    from pooled
)

select * from final
