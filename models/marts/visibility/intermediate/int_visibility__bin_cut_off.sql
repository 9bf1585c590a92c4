-- Which count of its bins a WMS gave beside each ERP cut-off: the latest that is not too old and not after the window.
with balances as (
    select * from {{ ref('fct_stock_balance') }}
    where is_owned
),

cut_offs as (
    select distinct
        location_id,
        cut_off_at,
        cast(cut_off_at as date) as cut_off_date
    from balances
    where system_code = 'erp'
),

bin_cut_offs as (
    select distinct
        location_id,
        cut_off_at as bin_cut_off_at
    from balances
    where system_code = 'wms'
),

window_policy as (
    {{ policy_as_of(['recon_bin_max_age_hours', 'recon_late_window'], over='cut_offs', as_of='cut_off_date') }}
),

final as (
    select
        cut_offs.location_id,
        cut_offs.cut_off_at,
        max(bin_cut_offs.bin_cut_off_at) as bin_cut_off_at
    from cut_offs
    inner join window_policy on cut_offs.cut_off_date = window_policy.cut_off_date
    left join bin_cut_offs
        on
            cut_offs.location_id = bin_cut_offs.location_id
            and bin_cut_offs.bin_cut_off_at
            >= {{ add_hours('cut_offs.cut_off_at', '-window_policy.recon_bin_max_age_hours') }}
            and bin_cut_offs.bin_cut_off_at
            <= {{ add_hours('cut_offs.cut_off_at', 'window_policy.recon_late_window') }}
    group by cut_offs.location_id, cut_offs.cut_off_at
)

select * from final
