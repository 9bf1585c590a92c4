-- Each time a record was RED, AMBER or BLUE: from when to when.
with triggers as (
    select * from {{ ref('int_service__cycle_trigger') }}
),

low_runs as (
    select * from {{ ref('int_service__low_stock_run') }}
),

states as (
    select
        sku_id,
        location_id,
        evaluated_date,
        'RED' as trigger_code,
        coalesce(is_red, false) as is_on
    from triggers

    union all

    select
        sku_id,
        location_id,
        evaluated_date,
        'BLUE' as trigger_code,
        coalesce(is_blue, false) as is_on
    from triggers
),

numbered as (
    select
        *,
        sum(case when is_on then 0 else 1 end) over (
            partition by sku_id, location_id, trigger_code order by evaluated_date
            rows between unbounded preceding and current row
        ) as off_count,
        lead(evaluated_date) over (partition by sku_id, location_id, trigger_code order by evaluated_date) as next_date
    from states
),

final as (
    select
        sku_id,
        location_id,
        trigger_code,
        min(evaluated_date) as opened_date,
        case when bool_or(next_date is null) then null else max(next_date) end as closed_date
    from numbered
    where is_on
    group by sku_id, location_id, trigger_code, off_count

    union all

    select
        sku_id,
        location_id,
        'AMBER' as trigger_code,
        opened_date,
        closed_date
    from low_runs
)

select * from final
