-- What the suppliers' scorecard says at the cut-off: the word that planning goes by.
with scorecard as (
    select * from {{ ref('kpi_supplier_scorecard') }}
    where is_latest
),

final as (
    select
        supplier_id,
        division_code,
        last_day_date as as_of_date,
        due_line_count,
        otif_line_count,
        otif_ratio,
        quality_ratio,
        lead_time_consistency_ratio,
        quantity_accuracy_ratio,
        supplier_score_ratio,
        supplier_score_reason
    from scorecard
)

select * from final
