-- I6: accepted rows = ledger + duplicates + superseded + held back, per site, with the ledger counted in the ledger
-- itself. A row names a site that lost or invented rows between acceptance and ledger.
with final as (
    select
        site_code,
        unaccounted_row_count
    from {{ ref('fct_delivery_account') }}
    where unaccounted_row_count <> 0
)

select * from final
