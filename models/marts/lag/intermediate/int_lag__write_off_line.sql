-- Postings that take value off stock, with what the accounting framework of their day lets a reversal give back.
with write_offs as (
    select
        *,
        abs(source_write_off_amount) as source_amount
    from {{ ref('fct_write_off') }}
),

posting_policy as (
    {{ policy_as_of(['accounting_framework:text'], over='write_offs', as_of='posted_date') }}
),

originals as (
    select
        division_code,
        write_off_number as reverses_number,
        write_off_kind as original_kind,
        source_amount as original_amount
    from write_offs
    where not is_reversal
),

taken_back as (
    select distinct
        division_code,
        reverses_number as write_off_number,
        true as is_taken_back
    from write_offs
    where is_reversal
),

matched as (
    select
        write_offs.*,
        posting_policy.accounting_framework,
        coalesce(originals.original_kind, write_offs.write_off_kind) as reversed_kind,
        originals.original_amount,
        coalesce(taken_back.is_taken_back, false) as is_taken_back,
        sum(write_offs.source_amount) over (
            partition by write_offs.division_code, write_offs.is_reversal, write_offs.reverses_number
            order by write_offs.posted_at, write_offs.write_off_number
            rows between unbounded preceding and 1 preceding
        ) as reversed_before_amount
    from write_offs
    inner join posting_policy using (posted_date)
    left join taken_back using (division_code, write_off_number)
    left join originals
        on
            write_offs.division_code = originals.division_code
            and case when write_offs.is_reversal then write_offs.reverses_number end = originals.reverses_number
),

shared as (
    select
        *,
        case
            when is_reversal
                then {{ kpi_reversal_share(
                    'source_amount', 'original_amount', 'reversed_before_amount', 'reversed_kind', 'accounting_framework'
                ) }}
            else 1
        end as counted_share_ratio
    from matched
),

final as (
    select
        division_code,
        write_off_number,
        sku_id,
        location_id,
        case when is_reversal then reversed_kind else write_off_kind end as write_off_kind,
        coalesce(reason, '-') as reason,
        posted_date,
        month_start_date,
        abs(write_off_qty) as write_off_qty,
        is_reversal,
        reverses_number,
        is_taken_back,
        {{ product('write_off_amount', 'counted_share_ratio', 4) }} as net_amount,
        {{ product('write_off_amount', 'counted_share_ratio - 1', 4) }} as disallowed_amount
    from shared
)

select * from final
