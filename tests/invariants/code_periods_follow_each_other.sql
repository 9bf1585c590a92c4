-- A code means one thing at each instant: its periods begin in 1900, end in 9999, and each begins when the one before
-- ends.
with periods as (
    select
        *,
        lag(valid_to) over (partition by division_code, item_code order by valid_from) as before_to,
        lead(valid_from) over (partition by division_code, item_code order by valid_from) as next_from
    from {{ ref('bridge_sku_code_period') }}
),

final as (
    select
        division_code,
        item_code,
        valid_from,
        valid_to
    from periods
    where
        valid_from >= valid_to
        or coalesce(before_to, timestamp '1900-01-01 00:00:00') <> valid_from
        or coalesce(next_from, timestamp '9999-12-31 00:00:00') <> valid_to
        or is_current <> (next_from is null)
)

select * from final
