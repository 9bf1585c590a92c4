-- Each month of a lead indicator beside its outcome some months later, as deviations from the scope's own mean in the
-- months that the link is learnt from; the last months of the outcome are held out.
with months as (
    select * from {{ ref('int_scorecard__link_month') }}
),

links as (
    select * from {{ ref('lead_lag_links') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

link_policy as (
    {{ policy_as_of(['link_max_lag_months', 'link_holdout_months'], over='cutoff', as_of='as_of_date') }}
),

-- Every month between two values of one scope is some lag; only the first few may foretell.
paired as (
    select
        links.lead_kpi_id,
        links.lag_kpi_id,
        links.scope_type,
        lead_months.scope_id,
        cast({{ units_between('month', 'lead_months.month_start_date', 'lag_months.month_start_date') }} as integer)
            as lag_month_count,
        lag_months.month_start_date,
        lead_months.mean_ratio as lead_ratio,
        lag_months.mean_ratio as outcome_ratio,
        present_months.mean_ratio as present_ratio,
        lag_months.month_start_date > {{ add_months(
            'max(lag_months.month_start_date) over (partition by links.lead_kpi_id, links.lag_kpi_id, links.scope_type)',
            '-cast(link_policy.link_holdout_months as integer)'
        ) }} as is_held_out
    from links
    cross join link_policy
    inner join months as lead_months
        on
            links.lead_kpi_id = lead_months.kpi_id
            and links.scope_type = lead_months.scope_type
    inner join months as lag_months
        on
            links.lag_kpi_id = lag_months.kpi_id
            and links.scope_type = lag_months.scope_type
            and lead_months.scope_id = lag_months.scope_id
            and lead_months.month_start_date < lag_months.month_start_date
            and lag_months.month_start_date <= {{ add_months(
                'lead_months.month_start_date', 'cast(link_policy.link_max_lag_months as integer)'
            ) }}
    inner join months as present_months
        on
            links.lag_kpi_id = present_months.kpi_id
            and links.scope_type = present_months.scope_type
            and lead_months.scope_id = present_months.scope_id
            and lead_months.month_start_date = present_months.month_start_date
),

learnt as (
    select
        lead_kpi_id,
        lag_kpi_id,
        scope_type,
        scope_id,
        lag_month_count,
        {{ divide('sum(lead_ratio)', 'count(*)') }} as lead_mean_ratio,
        {{ divide('sum(outcome_ratio)', 'count(*)') }} as outcome_mean_ratio,
        {{ divide('sum(present_ratio)', 'count(*)') }} as present_mean_ratio
    from paired
    where not is_held_out
    group by lead_kpi_id, lag_kpi_id, scope_type, scope_id, lag_month_count
),

final as (
    select
        paired.lead_kpi_id,
        paired.lag_kpi_id,
        paired.scope_type,
        paired.scope_id,
        paired.lag_month_count,
        paired.month_start_date,
        paired.is_held_out,
        cast(paired.lead_ratio - learnt.lead_mean_ratio as decimal(18, 6)) as lead_deviation_ratio,
        cast(paired.outcome_ratio - learnt.outcome_mean_ratio as decimal(18, 6)) as outcome_deviation_ratio,
        cast(paired.present_ratio - learnt.present_mean_ratio as decimal(18, 6)) as present_deviation_ratio
    from paired
    inner join learnt
        on
            paired.lead_kpi_id = learnt.lead_kpi_id
            and paired.lag_kpi_id = learnt.lag_kpi_id
            and paired.scope_type = learnt.scope_type
            and paired.scope_id = learnt.scope_id
            and paired.lag_month_count = learnt.lag_month_count
)

select * from final
