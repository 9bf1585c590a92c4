-- What was announced about supply. A supplier that no master knows leaves supplier_id null and keeps the row.
with disruptions as (
    select * from {{ ref('stg_erp__disruptions') }}
),

suppliers as (
    select * from {{ ref('stg_unified__supplier') }}
),

ranked as (
    {{ latest_extracts('disruptions', ['division_code', 'disruption_code']) }}
),

final as (
    select
        ranked.division_code,
        ranked.disruption_code,
        ranked.disruption_type,
        ranked.scope_type,
        ranked.scope_code,
        suppliers.supplier_id,
        ranked.start_date,
        ranked.end_date,
        ranked.disruption_status,
        ranked.note
    from ranked
    left join suppliers
        on
            ranked.division_code = suppliers.division_code
            and case when ranked.scope_type = 'supplier' then ranked.scope_code end = suppliers.supplier_code
)

select * from final
