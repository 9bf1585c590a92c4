-- How often flags are right in the shape of the scorecard: of all rules together, in the window that ends with the
-- cut-off.
with precisions as (
    select * from {{ ref('kpi_flag_precision') }}
    where rule_id = '*' and period_type = 'window' and scope_type <> 'abc_class'
),

final as (
    {{ kpi_value_branch(
        'flag_precision_ratio', 'precisions', 'confirmed_count', 'confirmed_count + false_alarm_count',
        'flag_precision_ratio', 'flag_precision_reason', ('period_end_date', 'period_end_date')
    ) }}
)

select * from final
