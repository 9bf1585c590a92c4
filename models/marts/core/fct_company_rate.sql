-- Rate into company currency for every pair of currencies in use and every month of the calendar: 1 where they are
-- equal, the last rate sent where a month has none yet (is_carried), null where no rate was ever sent.
with fx_rates as (
    select * from {{ ref('stg_unified__fx_rate') }}
),

pairs as (
    select distinct
        currency,
        company_currency
    from {{ ref('dim_location') }}
    where currency is not null and company_currency is not null
),

-- Months of rates sent before the calendar begins belong to it, so that they can be carried into it.
months as (
    select month_start_date
    from {{ ref('dim_date') }}

    union

    select month_start_date
    from fx_rates
),

joined as (
    select
        pairs.currency,
        pairs.company_currency,
        months.month_start_date,
        case when pairs.currency = pairs.company_currency then 1 else fx_rates.average_rate end as average_rate,
        case when pairs.currency = pairs.company_currency then 1 else fx_rates.closing_rate end as closing_rate
    from pairs
    cross join months
    left join fx_rates
        on
            pairs.currency = fx_rates.currency
            and pairs.company_currency = fx_rates.company_currency
            and months.month_start_date = fx_rates.month_start_date
),

final as (
    select
        currency,
        company_currency,
        month_start_date,
        cast(
            {{ last_known('average_rate') }} over (
                partition by currency, company_currency order by month_start_date
            ) as decimal(18, 8)
        ) as average_rate,
        cast(
            {{ last_known('closing_rate') }} over (
                partition by currency, company_currency order by month_start_date
            ) as decimal(18, 8)
        ) as closing_rate,
        closing_rate is null as is_carried
    from joined
)

select * from final
