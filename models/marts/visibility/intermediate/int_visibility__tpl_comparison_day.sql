-- Stock records of the sites of each 3PL by day of the advice: compared, and matched.
with comparisons as (
    select * from {{ ref('int_visibility__tpl_comparison') }}
),

final as (
    select
        provider_code,
        cut_off_date,
        cast(count(*) as integer) as compared_record_count,
        cast(count(*) filter (where is_matched) as integer) as matched_record_count
    from comparisons
    group by provider_code, cut_off_date
)

select * from final
