-- KPIs of what counts find in the shape of the scorecard, one branch per registry row: over the weeks of the trend that
-- end with each closed week; sites roll up to region, division and company.
with accuracies as (
    select * from {{ ref('kpi_count_accuracy') }}
    where is_week_closed
),

locations as (
    select * from {{ ref('dim_location') }}
),

{% set scopes = {
    'location': 'location_id', 'region': 'region_id', 'division': 'division_code', 'company': 'company_code'
} %}

scoped as (
    {%- for scope_type, scope_id in scopes.items() %}
    select
        accuracies.*,
        '{{ scope_type }}' as scope_type,
        locations.{{ scope_id }} as scope_id
    from accuracies
    inner join locations on accuracies.location_id = locations.location_id
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

summed as (
    select
        scope_type,
        scope_id,
        week_start_date,
        week_end_date,
        sum(window_hit_count) as hit_count,
        sum(window_count_count) as count_count,
        sum(window_bin_hit_count) as bin_hit_count,
        sum(window_bin_count) as bin_count,
        sum(window_gross_variance_amount) as gross_variance_amount,
        sum(window_book_amount) as book_amount
    from scoped
    group by scope_type, scope_id, week_start_date, week_end_date
),

{% set branches = [
    ('count_accuracy_ratio', 'hit_count', 'count_count', 'no_count'),
    ('bin_accuracy_ratio', 'bin_hit_count', 'bin_count', 'no_bin_count'),
    ('count_variance_ratio', 'gross_variance_amount', 'book_amount', 'no_count'),
] %}

final as (
    {%- for kpi_id, part, whole, reason in branches %}
    {{ kpi_value_branch(
        kpi_id, 'summed', part, whole, kpi_count_ratio(part, whole), reason_without(whole, reason),
        ['week_start_date', 'week_end_date']
    ) }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
