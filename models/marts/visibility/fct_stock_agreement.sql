-- Agreement of ERP and ledger by scope and day: how many records agree, and what the others differ by, net and gross.
with comparisons as (
    select * from {{ ref('kpi_stock_reconciliation') }}
),

agreement_days as (
    select * from {{ ref('int_visibility__agreement_day') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
    where scope_type <> 'sku_location'
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

valued as (
    select
        comparisons.sku_id,
        comparisons.location_id,
        agreement_days.agreement_date,
        agreement_days.is_own_day,
        comparisons.is_matched,
        comparisons.side_alone,
        comparisons.delta_qty,
        {{ product('comparisons.delta_amount', 'company_rates.closing_rate', 4) }} as delta_amount,
        {{ product('comparisons.gross_amount', 'company_rates.closing_rate', 4) }} as gross_amount,
        {{ product('comparisons.book_amount', 'company_rates.closing_rate', 4) }} as book_amount
    from comparisons
    inner join agreement_days
        on
            comparisons.location_id = agreement_days.location_id
            and comparisons.cut_off_at = agreement_days.cut_off_at
    inner join stock_records
        on
            comparisons.sku_id = stock_records.sku_id
            and comparisons.location_id = stock_records.location_id
    left join company_rates
        on
            stock_records.currency = company_rates.currency
            and stock_records.company_currency = company_rates.company_currency
            and cast(date_trunc('month', agreement_days.agreement_date) as date) = company_rates.month_start_date
),

summed as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        valued.agreement_date,
        cast(count(*) filter (where valued.is_matched) as integer) as matched_record_count,
        cast(count(*) as integer) as record_count,
        cast(count(*) filter (where valued.side_alone = 'none') as integer) as agreed_record_count,
        cast(coalesce(sum(valued.delta_amount), 0) as decimal(24, 4)) as net_amount,
        cast(coalesce(sum(valued.gross_amount), 0) as decimal(24, 4)) as gross_amount,
        cast(coalesce(sum(valued.book_amount), 0) as decimal(24, 4)) as book_amount,
        cast(count(*) filter (where valued.gross_amount is null and valued.delta_qty <> 0) as integer)
            as uncosted_record_count
    from valued
    inner join stock_scopes
        on
            valued.sku_id = stock_scopes.sku_id
            and valued.location_id = stock_scopes.location_id
    group by stock_scopes.scope_type, stock_scopes.scope_id, valued.agreement_date
    having bool_or(valued.is_own_day)
),

final as (
    select
        *,
        {{ divide('matched_record_count', 'record_count') }} as match_ratio,
        {{ kpi_gross_variance_ratio('gross_amount', 'book_amount') }} as gross_variance_ratio,
        case when book_amount = 0 then 'no_stock' end as gross_variance_reason
    from summed
)

select * from final
