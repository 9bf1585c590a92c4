-- KPIs of age and obsolescence in the shape of the scorecard, one branch per registry row.
with ageing as (
    select * from {{ ref('rpt_stock_ageing') }}
),

obsolescence as (
    select * from {{ ref('kpi_obsolescence') }}
    where is_month_closed
),

obsolete_scopes as (
    select * from {{ ref('rpt_excess_obsolete') }}
),

end_scopes as (
    select * from {{ ref('rpt_end_of_life') }}
),

final as (
    {{ kpi_value_branch(
        'aged_stock_ratio', 'ageing', 'aged_amount', 'stock_amount', 'aged_stock_ratio', 'aged_stock_reason',
        ['as_of_date', 'as_of_date']
    ) }}

    union all

    {{ kpi_value_branch(
        'write_off_ratio', 'obsolescence', 'year_net_write_off_amount', 'write_off_base_amount', 'write_off_ratio',
        'write_off_reason', ['month_start_date', 'last_day_date']
    ) }}

    union all

    {{ kpi_value_branch(
        'excess_obsolete_ratio', 'obsolete_scopes', 'flagged_amount', 'stock_amount', 'excess_obsolete_ratio',
        'excess_obsolete_reason', ['as_of_date', 'as_of_date']
    ) }}

    union all

    {{ kpi_value_branch(
        'eol_effectiveness_ratio', 'end_scopes', 'announced_amount - write_off_amount', 'announced_amount',
        'eol_effectiveness_ratio', 'eol_effectiveness_reason', ['as_of_date', 'as_of_date']
    ) }}
)

select * from final
