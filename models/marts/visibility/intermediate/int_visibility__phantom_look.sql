-- Every occasion on which a record is judged: each past count and verdict of a steward, whose finding is known, and
-- the cut-off, where it is asked for. Of a day with both the count speaks. What happened on `look_date` or later
-- was not known to the look; the cut-off knows its own day.
with records as (
    select * from {{ ref('fct_stock_record') }}
),

count_results as (
    select * from {{ ref('fct_count_result') }}
    where bin_code = '-'
),

verdicts as (
    select * from {{ ref('int_visibility__phantom_verdict') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

classes as (
    select * from {{ ref('fct_sku_class') }}
    where scope_type = 'company' and not is_provisional
),

fit_policy as (
    {{ policy_as_of(['phantom_fit_days', 'phantom_window_days'], over='records', as_of='as_of_date') }}
),

counted as (
    select
        sku_id,
        location_id,
        counted_date as look_date,
        sum(book_qty) as book_qty,
        sum(counted_qty) as counted_qty,
        bool_or(count_trigger = 'targeted') as is_targeted
    from count_results
    group by sku_id, location_id, counted_date
),

found as (
    select
        sku_id,
        location_id,
        look_date,
        book_qty,
        is_targeted,
        counted_qty <= 0 as is_phantom
    from counted
    where book_qty > 0

    union all

    select
        verdicts.sku_id,
        verdicts.location_id,
        verdicts.look_date,
        verdicts.book_qty,
        true as is_targeted,
        verdicts.is_phantom
    from verdicts
    left join counted using (sku_id, location_id, look_date)
    where counted.sku_id is null
),

looks as (
    select
        records.sku_id,
        records.location_id,
        records.as_of_date,
        found.look_date,
        found.look_date as class_date,
        false as is_cutoff,
        '-' as abc_class,
        found.book_qty,
        found.is_targeted,
        found.is_phantom
    from found
    inner join records using (sku_id, location_id)
    where found.look_date <= records.as_of_date

    union all

    select
        sku_id,
        location_id,
        as_of_date,
        {{ add_days('as_of_date', 1) }} as look_date,
        cast(null as date) as class_date,
        true as is_cutoff,
        abc_class,
        on_hand_qty as book_qty,
        false as is_targeted,
        cast(null as boolean) as is_phantom
    from records
),

final as (
    select
        looks.sku_id,
        looks.location_id,
        looks.look_date,
        looks.is_cutoff,
        locations.company_code,
        coalesce(classes.abc_class, looks.abc_class) as abc_class,
        {{ add_days('looks.look_date', '-fit_policy.phantom_window_days') }} as window_start_date,
        cast(looks.book_qty as decimal(18, 4)) as book_qty,
        looks.is_targeted,
        looks.is_phantom
    from looks
    inner join fit_policy on looks.as_of_date = fit_policy.as_of_date
    inner join locations on looks.location_id = locations.location_id
    left join classes
        on
            locations.company_code = classes.scope_id
            and looks.sku_id = classes.sku_id
            and looks.class_date >= classes.effective_from_date
            and looks.class_date < classes.effective_to_date
    where looks.is_cutoff or looks.look_date > {{ add_days('looks.as_of_date', '-fit_policy.phantom_fit_days') }}
)

select * from final
