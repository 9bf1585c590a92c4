with fx_rates as (
    select * from {{ ref('stg_erp__fx_rates') }}
),

-- Several divisions may send the same rate; the latest extract wins, then the division first by code.
ranked as (
    select
        *,
        row_number() over (
            partition by currency, company_currency, month_start_date
            order by _meta_extracted_at desc, division_code asc, _meta_batch_id desc, _meta_row desc
        ) as recency_rank
    from fx_rates
),

final as (
    select
        currency,
        company_currency,
        month_start_date,
        average_rate,
        closing_rate
    from ranked
    where recency_rank = 1
)

select * from final
