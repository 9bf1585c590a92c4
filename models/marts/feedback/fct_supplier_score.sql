-- How each supplier kept its promises over the window; every order line counts alike, whatever its unit.
with due_lines as (
    select * from {{ ref('int_feedback__due_order_line') }}
),

suppliers as (
    select * from {{ ref('dim_supplier') }}
),

lead_time_pools as (
    select * from {{ ref('fct_lead_time_pool') }}
    where pool_type = 'supplier'
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

score_policy as (
    {{ policy_as_of(
        ['supplier_score_otif_weight', 'supplier_score_quality_weight', 'supplier_score_consistency_weight',
         'supplier_score_quantity_weight'],
        over='cutoff', as_of='as_of_date'
    ) }}
),

summed as (
    select
        supplier_id,
        cast(count(*) as integer) as due_line_count,
        cast(count(*) filter (where is_otif) as integer) as otif_line_count,
        cast(count(rejected_ratio) as integer) as received_line_count,
        cast(sum(rejected_ratio) as decimal(18, 6)) as rejected_lines_ratio,
        cast(count(qty_error_ratio) as integer) as measured_line_count,
        cast(sum(qty_error_ratio) as decimal(18, 6)) as wrong_lines_ratio
    from due_lines
    group by supplier_id
),

parts as (
    select
        suppliers.supplier_id,
        suppliers.division_code,
        score_policy.*,
        coalesce(summed.due_line_count, 0) as due_line_count,
        coalesce(summed.otif_line_count, 0) as otif_line_count,
        {{ divide('summed.otif_line_count', 'summed.due_line_count') }} as otif_ratio,
        1 - {{ divide('summed.rejected_lines_ratio', 'summed.received_line_count') }} as quality_ratio,
        {{ kpi_lead_time_consistency('lead_time_pools.mean_lead_time_days', 'lead_time_pools.sd_lead_time_days') }}
            as lead_time_consistency_ratio,
        1 - {{ divide('summed.wrong_lines_ratio', 'summed.measured_line_count') }} as quantity_accuracy_ratio
    from suppliers
    cross join score_policy
    left join summed on suppliers.supplier_id = summed.supplier_id
    left join lead_time_pools on suppliers.supplier_id = lead_time_pools.pool_id
),

scored as (
    select
        *,
        {{ kpi_supplier_score({
            'otif_ratio': 'supplier_score_otif_weight',
            'quality_ratio': 'supplier_score_quality_weight',
            'lead_time_consistency_ratio': 'supplier_score_consistency_weight',
            'quantity_accuracy_ratio': 'supplier_score_quantity_weight',
        }) }} as supplier_score_ratio
    from parts
),

final as (
    select
        supplier_id,
        division_code,
        as_of_date,
        due_line_count,
        otif_line_count,
        otif_ratio,
        cast(quality_ratio as decimal(24, 6)) as quality_ratio,
        cast(lead_time_consistency_ratio as decimal(24, 6)) as lead_time_consistency_ratio,
        cast(quantity_accuracy_ratio as decimal(24, 6)) as quantity_accuracy_ratio,
        supplier_score_ratio,
        case when supplier_score_ratio is null then 'no_lines' end as supplier_score_reason
    from scored
)

select * from final
