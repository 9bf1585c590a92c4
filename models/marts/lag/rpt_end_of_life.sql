-- Ends of goods in every roll-up, over what is over and has a cost: amounts are summed first, the ratio taken after.
with ends as (
    select
        *,
        case when eol_effectiveness_reason is null then announced_amount end as judged_amount,
        case when eol_effectiveness_reason is null then write_off_amount end as judged_write_off_amount
    from {{ ref('kpi_end_of_life') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
    where scope_type <> 'sku_location'
),

summed as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        max(ends.as_of_date) as as_of_date,
        cast(sum(ends.judged_amount) as decimal(24, 4)) as announced_amount,
        cast(sum(ends.judged_write_off_amount) as decimal(24, 4)) as write_off_amount,
        min(ends.eol_effectiveness_reason) as eol_effectiveness_reason
    from ends
    inner join stock_scopes using (sku_id, location_id)
    group by stock_scopes.scope_type, stock_scopes.scope_id
),

final as (
    select
        scope_type,
        scope_id,
        as_of_date,
        announced_amount,
        write_off_amount,
        {{ kpi_eol_effectiveness('write_off_amount', 'announced_amount') }} as eol_effectiveness_ratio,
        case when announced_amount is null then eol_effectiveness_reason end as eol_effectiveness_reason
    from summed
)

select * from final
