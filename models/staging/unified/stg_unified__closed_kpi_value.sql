-- Of several generations of one cut-off the last one speaks.
with closed_kpi_values as (
    select * from {{ ref('stg_audit__closed_kpi_values') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by kpi_id, scope_type, scope_id, period_end_date, as_of_at
            order by generation desc, _meta_batch_id desc, _meta_row desc
        ) as recency_rank
    from closed_kpi_values
),

final as (
    select
        kpi_id,
        scope_type,
        scope_id,
        period_start_date,
        period_end_date,
        numerator,
        denominator,
        kpi_value,
        reason_code,
        generation,
        as_of_at
    from ranked
    where recency_rank = 1
)

select * from final
