-- The scorecard of each supplier, month by month: its score and parts, its rank among the suppliers of the company, how
-- it has moved, and what hangs on it.
with windows as (
    select * from {{ ref('int_lag__supplier_window') }}
),

scores as (
    select * from {{ ref('int_lag__supplier_score') }}
),

trend_policy as (
    {{ policy_as_of(['supplier_trend_months'], over='windows', as_of='last_day_date') }}
),

scored as (
    select
        windows.*,
        scores.weighted_parts_ratio,
        scores.known_weight_ratio,
        scores.supplier_score_ratio,
        scores.supplier_score_reason,
        {{ add_months('windows.month_start_date', '-trend_policy.supplier_trend_months') }} as compared_month_date,
        sum(windows.due_amount) over (
            partition by windows.company_code, windows.month_start_date
        ) as company_due_amount
    from windows
    inner join scores
        on
            windows.supplier_id = scores.supplier_id
            and windows.month_start_date = scores.month_start_date
    inner join trend_policy on windows.last_day_date = trend_policy.last_day_date
),

ranked as (
    select
        supplier_id,
        month_start_date,
        cast(
            rank() over (
                partition by company_code, month_start_date order by supplier_score_ratio desc
            ) as integer
        ) as score_rank
    from scored
    where supplier_score_ratio is not null
),

final as (
    select
        scored.supplier_id,
        scored.division_code,
        scored.company_code,
        scored.month_start_date,
        scored.last_day_date,
        scored.is_month_closed,
        scored.is_latest,
        {%- for name in [
            'due_line_count', 'otif_line_count', 'otif_ratio', 'due_amount', 'otif_amount', 'otif_value_ratio',
            'unvalued_line_count', 'received_line_count', 'rejected_lines_ratio', 'quality_ratio', 'lead_time_count',
            'mean_lead_time_days', 'sd_lead_time_days', 'lead_time_consistency_ratio', 'measured_line_count',
            'wrong_lines_ratio', 'quantity_accuracy_ratio', 'weighted_parts_ratio', 'known_weight_ratio',
            'supplier_score_ratio', 'supplier_score_reason',
        ] %}
        scored.{{ name }},
        {%- endfor %}
        ranked.score_rank,
        earlier.supplier_score_ratio as earlier_score_ratio,
        cast(scored.supplier_score_ratio - earlier.supplier_score_ratio as decimal(24, 6)) as score_change_ratio,
        {{ kpi_spend_share('scored.due_amount', 'scored.company_due_amount') }} as spend_ratio,
        scored.single_source_amount,
        {{ kpi_spend_share('scored.single_source_amount', 'scored.company_due_amount') }} as single_source_ratio
    from scored
    left join ranked
        on
            scored.supplier_id = ranked.supplier_id
            and scored.month_start_date = ranked.month_start_date
    left join scores as earlier
        on
            scored.supplier_id = earlier.supplier_id
            and scored.compared_month_date = earlier.month_start_date
)

select * from final
