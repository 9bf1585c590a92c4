-- Loss and sales of the counts whose ratio is above what it is held against, for a bound: each count is drawn as one;
-- beyond policy's number of groups, counts are drawn in groups, dealt out in their order.
with rates as (
    select * from {{ ref('int_lag__shrink_rate') }}
    where is_bound_wanted
),

records as (
    select * from {{ ref('int_lag__shrink_record') }}
),

counts as (
    select * from {{ ref('int_lag__shrink_count') }}
    where is_priced
),

bound_policy as (
    {{ policy_as_of(
        ['shrink_bound_rounds', 'shrink_bound_groups', 'shrink_confidence'], over='rates', as_of='last_day_date'
    ) }}
),

placed as (
    select
        records.*,
        counts.counted_date,
        counts.retail_loss_amount - counts.retail_found_amount as shrink_amount,
        counts.net_sales_amount as sold_amount
    from counts
    inner join records using (sku_id, location_id, quarter_start_date)
),

members as (
    {%- for scope_type, scope_id in shrink_scopes().items() %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        quarter_start_date,
        sku_id,
        location_id,
        counted_date,
        shrink_amount,
        sold_amount
    from placed
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

numbered as (
    select
        members.*,
        rates.last_day_date,
        row_number() over (
            partition by members.scope_type, members.scope_id, members.quarter_start_date
            order by members.sku_id, members.location_id, members.counted_date
        ) as place
    from members
    inner join rates using (scope_type, scope_id, quarter_start_date)
),

final as (
    select
        numbered.scope_type,
        numbered.scope_id,
        numbered.quarter_start_date,
        cast(numbered.place % bound_policy.shrink_bound_groups as integer) as group_number,
        cast(max(bound_policy.shrink_bound_rounds) as integer) as round_count,
        max(bound_policy.shrink_confidence) as confidence_ratio,
        cast(sum(numbered.shrink_amount) as decimal(24, 4)) as shrink_amount,
        cast(sum(numbered.sold_amount) as decimal(24, 4)) as sold_amount
    from numbered
    inner join bound_policy using (last_day_date)
    group by
        numbered.scope_type, numbered.scope_id, numbered.quarter_start_date,
        cast(numbered.place % bound_policy.shrink_bound_groups as integer)
)

select * from final
