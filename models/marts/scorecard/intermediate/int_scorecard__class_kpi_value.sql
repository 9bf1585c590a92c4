-- KPIs of classes and of stock beyond its plan in the shape of the scorecard, one branch per registry row.
with migrations as (
    select * from {{ ref('kpi_abc_migration') }}
    where not is_provisional and not is_first_review
),

gaps as (
    select * from {{ ref('kpi_class_policy_gap') }}
    where class_gap_reason is null
),

segments as (
    select * from {{ ref('kpi_overstock_cost') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
    where scope_type <> 'sku_location'
),

moved as (
    select
        scope_type,
        scope_id,
        review_date as as_of_date,
        coalesce(sum(migration_amount) filter (where is_moved), 0) as part,
        sum(migration_amount) as whole
    from migrations
    group by scope_type, scope_id, review_date
),

off_policy as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        gaps.as_of_date,
        count(*) filter (where gaps.is_off_policy) as part,
        count(*) as whole
    from gaps
    inner join stock_scopes using (sku_id, location_id)
    group by stock_scopes.scope_type, stock_scopes.scope_id, gaps.as_of_date
),

overstocked as (
    {%- for scope_type, scope_id in {
        'location': 'location_id', 'category': 'category', 'division': 'division_code', 'company': 'company_code'
    }.items() %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        as_of_date,
        sum(excess_amount) as part,
        sum(judged_amount) as whole
    from segments
    group by {{ scope_id }}, as_of_date
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    {%- for kpi_id, rows, code in [
        ('abc_churn_value_ratio', 'moved', 'no_demand'),
        ('class_policy_gap_ratio', 'off_policy', 'no_class'),
        ('overstock_value_ratio', 'overstocked', 'no_parameter'),
    ] %}
    {{ kpi_value_branch(
        kpi_id, rows, 'part', 'whole', kpi_stock_share('part', 'whole'), reason_without('whole', code),
        ['as_of_date', 'as_of_date']
    ) }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
