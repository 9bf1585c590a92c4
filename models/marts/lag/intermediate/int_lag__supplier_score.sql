-- The parts of each supplier's score weighed together: parts that are not known leave their weight to the others.
with windows as (
    select * from {{ ref('int_lag__supplier_window') }}
),

{% set parts = supplier_score_parts() %}

score_policy as (
    {{ policy_as_of(
        ['supplier_score_otif_weight', 'supplier_score_quality_weight', 'supplier_score_consistency_weight',
         'supplier_score_quantity_weight'],
        over='windows', as_of='last_day_date'
    ) }}
),

final as (
    select
        windows.supplier_id,
        windows.month_start_date,
        {{ kpi_weighted_parts(parts) }} as weighted_parts_ratio,
        {{ kpi_known_weight(parts) }} as known_weight_ratio,
        {{ kpi_supplier_score(parts) }} as supplier_score_ratio,
        case
            when {{ kpi_known_weight(parts) }} = 0 then 'no_lines'
        end as supplier_score_reason
    from windows
    inner join score_policy on windows.last_day_date = score_policy.last_day_date
)

select * from final
