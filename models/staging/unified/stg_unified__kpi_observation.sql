-- Of several generations of one cut-off day the last one speaks.
with kpi_values as (
    select * from {{ ref('stg_audit__kpi_values') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by kpi_id, scope_type, scope_id, period_end_date
            order by as_of_at desc, generation desc, _meta_batch_id desc, _meta_row desc
        ) as recency_rank
    from kpi_values
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
