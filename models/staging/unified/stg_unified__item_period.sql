{{ config(materialized='table') }}
-- What a code stood for, period by period. A code whose valid GTIN changes to another valid one names other goods from
-- that extract on; every other change is one of the same goods, and the latest version of a period speaks for it.
with versions as (
    select * from {{ ref('stg_unified__item_version') }}
),

gtins as (
    select * from {{ ref('stg_unified__gtin') }}
),

named as (
    select
        versions.*,
        gtins.global_gtin14
    from versions
    left join gtins on versions.gtin = gtins.gtin
),

changes as (
    select
        division_code,
        item_code,
        valid_from,
        global_gtin14,
        lag(global_gtin14) over (partition by division_code, item_code order by valid_from) as before_gtin14
    from named
    where global_gtin14 is not null
),

numbered as (
    select
        named.*,
        sum(case when changes.global_gtin14 <> changes.before_gtin14 then 1 else 0 end) over (
            partition by named.division_code, named.item_code
            order by named.valid_from
        ) as period_number
    from named
    left join changes
        on
            named.division_code = changes.division_code
            and named.item_code = changes.item_code
            and named.valid_from = changes.valid_from
),

ranked as (
    select
        *,
        min(valid_from) over (partition by division_code, item_code, period_number) as begins_at,
        max(valid_to) over (partition by division_code, item_code, period_number) as ends_at,
        row_number() over (
            partition by division_code, item_code, period_number
            order by valid_from desc
        ) as recency_rank
    from numbered
),

final as (
    select
        division_code,
        item_code,
        cast(period_number as integer) as reuse_count,
        -- What happened before the first extract belongs to the first goods.
        case when period_number = 0 then timestamp '1900-01-01 00:00:00' else begins_at end as begins_at,
        ends_at,
        valid_from as version_at
    from ranked
    where recency_rank = 1
)

select * from final
