-- The classes of core, presented with what changed since the review before.
with classes as (
    select * from {{ ref('fct_sku_class') }}
),

compared as (
    select
        *,
        lag(abc_class) over (
            partition by scope_type, scope_id, sku_id
            order by review_date, is_provisional
        ) as previous_abc_class
    from classes
),

final as (
    select
        scope_type,
        scope_id,
        sku_id,
        review_date,
        is_provisional,
        effective_from_date,
        effective_to_date,
        window_start_date,
        usage_qty,
        usage_amount,
        {{ divide('usage_amount', 'total_amount') }} as usage_share_ratio,
        {{ divide('cumulative_amount', 'total_amount') }} as cumulative_share_ratio,
        value_rank,
        abc_class,
        abc_reason,
        previous_abc_class,
        coalesce(abc_class <> previous_abc_class, false) as is_moved,
        xyz_class,
        demand_class
    from compared
)

select * from final
