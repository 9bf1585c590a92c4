-- KPIs of classes and of stock beyond its plan in the shape of the scorecard, one branch per registry row.
with migrations as (
    select * from {{ ref('kpi_abc_migration') }}
    where not is_provisional
),

gaps as (
    select * from {{ ref('kpi_class_policy_gap') }}
    where class_gap_reason is null
),

segments as (
    select * from {{ ref('kpi_overstock_cost') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
    where scope_type <> 'sku_location'
),

-- What is classified for the first time has not moved: a review of such items alone has no share.
moved as (
    select
        scope_type,
        scope_id,
        review_date as as_of_date,
        coalesce(sum(migration_amount) filter (where is_moved), 0) as part,
        coalesce(sum(migration_amount) filter (where not is_first_review), 0) as whole,
        bool_and(is_first_review) as is_first_review
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
        'location': 'segments.location_id', 'category': 'segments.category', 'region': 'locations.region_id',
        'division': 'segments.division_code', 'company': 'segments.company_code'
    }.items() %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        segments.as_of_date,
        sum(segments.excess_amount) as part,
        sum(segments.judged_amount) as whole
    from segments
    inner join locations on segments.location_id = locations.location_id
    group by {{ scope_id }}, segments.as_of_date
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    {%- for kpi_id, rows, reason in [
        (
            'abc_churn_value_ratio', 'moved',
            "case when is_first_review then 'first_review' when whole = 0 then 'no_demand' end",
        ),
        ('class_policy_gap_ratio', 'off_policy', reason_without('whole', 'no_class')),
        ('overstock_value_ratio', 'overstocked', reason_without('whole', 'no_parameter')),
    ] %}
    {{ kpi_value_branch(
        kpi_id, rows, 'part', 'whole', kpi_stock_share('part', 'whole'), reason, ['as_of_date', 'as_of_date']
    ) }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
