-- The two samples of each segment and day of comparison: lines received in the base window; lines received since, and
-- with them the lines overdue on that day at their age so far.
with order_lines as (
    select * from {{ ref('int_lead__lead_time_line') }}
),

evaluations as (
    select * from {{ ref('int_lead__lead_time_evaluation') }}
),

cap_policy as (
    {{ policy_as_of(['lead_time_cap_factor'], over='evaluations', as_of='evaluated_date') }}
),

sampled as (
    select
        order_lines.*,
        evaluations.evaluated_date,
        evaluations.is_latest,
        case
            when order_lines.received_date <= evaluations.base_last_date then 'base'
            when order_lines.received_date <= evaluations.evaluated_date then 'recent'
            else 'overdue'
        end as sample_code,
        least(coalesce(order_lines.received_date, evaluations.evaluated_date), evaluations.evaluated_date) as last_date
    from order_lines
    inner join evaluations
        on
            coalesce(order_lines.received_date, evaluations.evaluated_date) > evaluations.base_before_date
            and case
                when order_lines.received_date <= evaluations.evaluated_date then true
                else
                    order_lines.lead_time_start_date <= evaluations.evaluated_date
                    and order_lines.planned_date < evaluations.evaluated_date
            end
),

segmented as (
    {%- for segment_type in ['supplier', 'supplier_category', 'supplier_location'] %}
    select
        '{{ segment_type }}' as segment_type,
        {{ segment_type }}_id as segment_id,
        supplier_id,
        evaluated_date,
        purchase_order_line_id,
        sample_code,
        {{ days_between('planned_date', 'last_date') }} as deviation_days,
        {{ days_between('lead_time_start_date', 'last_date') }} as lead_time_days
    from sampled
    {%- if segment_type != 'supplier' %}
    where is_latest
    {%- endif %}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

limits as (
    select
        segment_type,
        segment_id,
        evaluated_date,
        {{ quantile_observed('lead_time_days', 0.99) }} as p99_days
    from segmented
    where sample_code = 'base'
    group by segment_type, segment_id, evaluated_date
),

final as (
    select
        segmented.segment_type,
        segmented.segment_id,
        segmented.supplier_id,
        segmented.evaluated_date,
        segmented.purchase_order_line_id,
        segmented.sample_code,
        segmented.deviation_days,
        {{ kpi_capped_lead_time('segmented.lead_time_days', 'limits.p99_days', 'cap_policy.lead_time_cap_factor') }}
            as capped_lead_time_days
    from segmented
    inner join cap_policy on segmented.evaluated_date = cap_policy.evaluated_date
    left join limits
        on
            segmented.segment_type = limits.segment_type
            and segmented.segment_id = limits.segment_id
            and segmented.evaluated_date = limits.evaluated_date
)

select * from final
