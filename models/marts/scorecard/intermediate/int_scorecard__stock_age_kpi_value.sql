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
    {%- set at_cutoff, of_month = ['as_of_date', 'as_of_date'], ['month_start_date', 'last_day_date'] %}
    {%- for stem, rows, part, whole, period in [
        ('aged_stock', 'ageing', 'aged_amount', 'stock_amount', at_cutoff),
        ('write_off', 'obsolescence', 'year_net_write_off_amount', 'write_off_base_amount', of_month),
        ('excess_obsolete', 'obsolete_scopes', 'flagged_amount', 'stock_amount', at_cutoff),
        ('eol_effectiveness', 'end_scopes', 'announced_amount - write_off_amount', 'announced_amount', at_cutoff),
    ] %}
    {{ kpi_value_branch(stem ~ '_ratio', rows, part, whole, stem ~ '_ratio', stem ~ '_reason', period) }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
