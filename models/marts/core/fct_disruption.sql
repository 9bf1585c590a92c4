with disruptions as (
    select * from {{ ref('stg_unified__disruption') }}
),

final as (
    select
        division_code,
        disruption_code,
        disruption_type,
        scope_type,
        scope_code,
        supplier_id,
        start_date,
        end_date,
        disruption_status,
        note
    from disruptions
)

select * from final
