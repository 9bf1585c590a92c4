-- What to count next at each site, in the words of its own WMS: its code of the item, the bins where it lies, why, and
-- in which order. The book is left out: who counts should not know it.
with priorities as (
    select * from {{ ref('int_lead__count_priority') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

system_ids as (
    select * from {{ ref('bridge_sku_system_id') }}
),

count_bins as (
    select * from {{ ref('int_lead__count_bin') }}
),

file_policy as (
    {{ policy_as_of(
        ['count_file_records', 'count_file_days'],
        over='priorities', as_of='as_of_date', scopes={'location': 'location_id'}
    ) }}
),

codes as (
    select
        division_code,
        sku_id,
        min(item_code) as item_code,
        count(*) as item_code_count
    from system_ids
    group by division_code, sku_id
),

final as (
    select
        coalesce(locations.site_code, locations.location_code) as site_code,
        priorities.count_rank,
        coalesce(count_bins.bin_code, 'any') as bin_code,
        coalesce(codes.item_code, 'unknown') as item_code,
        priorities.count_reason,
        {{ add_days('priorities.as_of_date', 'file_policy.count_file_days') }} as due_date,
        priorities.abc_class,
        priorities.days_since_count as day_count,
        cast(priorities.last_counted_at as date) as last_counted_date,
        priorities.error_probability,
        case
            when
                priorities.count_reason in (
                    'negative', 'short_picks', 'ledger_off', 'opposite_bins', 'frozen_seller'
                )
                then 'targeted'
            else 'scheduled'
        end as count_trigger,
        cast(coalesce(codes.item_code_count, 0) as integer) as item_code_count,
        priorities.sku_id,
        priorities.location_id
    from priorities
    inner join locations on priorities.location_id = locations.location_id
    inner join file_policy
        on priorities.as_of_date = file_policy.as_of_date and priorities.location_id = file_policy.location_id
    left join codes
        on priorities.sku_id = codes.sku_id and priorities.division_code = codes.division_code
    left join count_bins
        on priorities.sku_id = count_bins.sku_id and priorities.location_id = count_bins.location_id
    where priorities.count_rank <= file_policy.count_file_records
)

select * from final
