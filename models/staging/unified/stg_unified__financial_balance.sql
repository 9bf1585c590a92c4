with balances as (
    select * from {{ ref('stg_erp__financial_balances') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

ranked as (
    {{ latest_extracts('balances', ['division_code', 'account', 'location_code', 'period_end_date']) }}
),

final as (
    select
        ranked.division_code,
        ranked.account,
        ranked.location_code,
        locations.location_id,
        ranked.period_end_date,
        cast(date_trunc('month', ranked.period_end_date) as date) as month_start_date,
        ranked.balance_amount as source_balance_amount,
        ranked.currency,
        case
            when ranked.location_code is not null and locations.location_id is null then 'unknown_location'
        end as quarantine_rule,
        {{ lineage_columns('ranked') }}
    from ranked
    {{ join_location('ranked') }}
)

select * from final
