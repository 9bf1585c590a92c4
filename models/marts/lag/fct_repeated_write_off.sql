-- Postings that say again what one of the days before said: same goods, place, kind, reason and quantity. What was
-- taken back repeats nothing.
with write_off_lines as (
    select * from {{ ref('int_lag__write_off_line') }}
    where not is_reversal and not is_taken_back
),

compared as (
    select
        *,
        lag(write_off_number) over alike as repeats_number,
        lag(posted_date) over alike as repeats_date
    from write_off_lines
    window
        alike as (
            partition by division_code, sku_id, location_id, write_off_kind, reason, write_off_qty
            order by posted_date, write_off_number
        )
),

repeat_policy as (
    {{ policy_as_of(['write_off_repeat_days'], over='compared', as_of='posted_date') }}
),

final as (
    select
        compared.division_code,
        compared.write_off_number,
        compared.repeats_number,
        compared.sku_id,
        compared.location_id,
        compared.write_off_kind,
        compared.reason,
        compared.posted_date,
        compared.write_off_qty,
        compared.net_amount
    from compared
    inner join repeat_policy using (posted_date)
    where {{ days_between('compared.repeats_date', 'compared.posted_date') }} <= repeat_policy.write_off_repeat_days
)

select * from final
