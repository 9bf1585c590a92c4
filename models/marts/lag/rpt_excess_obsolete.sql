-- Excess and obsolete stock of every roll-up: amounts are summed first, the ratio taken after.
with flagged as (
    select * from {{ ref('kpi_excess_obsolete') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

summed as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        max(flagged.as_of_date) as as_of_date,
        {%- for amount in [
            'flagged_amount', 'nrv_write_down_amount', 'nrv_reversal_amount', 'carrying_amount'
        ] %}
        cast(sum(flagged.{{ amount }}) as decimal(24, 4)) as {{ amount }},
        {%- endfor %}
        cast(sum(flagged.on_hand_amount) as decimal(24, 4)) as stock_amount,
        cast(count(*) filter (where flagged.obsolete_flag is not null) as integer) as flagged_record_count,
        cast(count(*) filter (where flagged.on_hand_amount is null) as integer) as uncosted_record_count
    from flagged
    inner join stock_scopes using (sku_id, location_id)
    group by stock_scopes.scope_type, stock_scopes.scope_id
),

final as (
    select
        *,
        {{ kpi_stock_share('flagged_amount', 'stock_amount') }} as excess_obsolete_ratio,
        {{ kpi_stock_share_reason('stock_amount') }} as excess_obsolete_reason
    from summed
)

select * from final
