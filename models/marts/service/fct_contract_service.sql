-- Each contract line in each month: the service it got over its window against what was promised, what its customer
-- went short of, and the penalty due for it.
with evidence as (
    select * from {{ ref('int_service__contract_evidence') }}
),

order_lines as (
    select * from {{ ref('int_service__contract_order_line') }}
),

contracts as (
    select * from {{ ref('fct_service_contract') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

lines as (
    select
        division_code,
        contract_number,
        line_number,
        min(customer_code) as customer_code,
        min(service_type) as service_type,
        min(target_ratio) as target_ratio,
        {{ kpi_window_month_count('min(window_day_count)') }} as window_month_count,
        min(penalty_reason) as penalty_reason
    from contracts
    group by division_code, contract_number, line_number
),

shorts as (
    select
        division_code,
        contract_number,
        line_number,
        month_start_date,
        count(*) as order_line_count,
        sum(asked_qty) as asked_qty,
        sum(short_qty) as short_qty,
        sum(short_amount) as short_amount,
        sum(penalty_amount) as exposure_amount,
        count(*) filter (where penalty_amount is null) as unpriced_line_count
    from order_lines
    group by division_code, contract_number, line_number, month_start_date
),

line_months as (
    select
        division_code,
        contract_number,
        line_number,
        month_start_date
    from evidence

    union distinct

    select
        division_code,
        contract_number,
        line_number,
        month_start_date
    from shorts
),

windows as (
    select
        line_months.*,
        {{ add_months('line_months.month_start_date', '-lines.window_month_count') }} as after_date
    from line_months
    inner join lines using (division_code, contract_number, line_number)
),

windowed as (
    select
        windows.division_code,
        windows.contract_number,
        windows.line_number,
        windows.month_start_date,
        sum(evidence.wanted_qty) as wanted_qty,
        sum(evidence.served_qty) as served_qty
    from windows
    left join evidence
        on
            windows.division_code = evidence.division_code
            and windows.contract_number = evidence.contract_number
            and windows.line_number = evidence.line_number
            and windows.month_start_date >= evidence.month_start_date
            and windows.after_date < evidence.month_start_date
    group by windows.division_code, windows.contract_number, windows.line_number, windows.month_start_date
),

measured as (
    select
        windowed.*,
        lines.customer_code,
        lines.service_type,
        lines.target_ratio,
        lines.window_month_count,
        lines.penalty_reason,
        coalesce(shorts.order_line_count, 0) as order_line_count,
        coalesce(shorts.asked_qty, 0) as asked_qty,
        coalesce(shorts.short_qty, 0) as short_qty,
        case when shorts.order_line_count is null then 0 else shorts.short_amount end as short_amount,
        case when shorts.order_line_count is null then 0 else shorts.exposure_amount end as exposure_amount,
        coalesce(shorts.unpriced_line_count, 0) as unpriced_line_count,
        {{ kpi_fill_ratio_of('windowed.served_qty', 'windowed.wanted_qty') }} as served_ratio,
        {{ add_days(add_months('windowed.month_start_date', 1), -1) }} as month_end_date,
        cutoff.as_of_date
    from windowed
    inner join lines using (division_code, contract_number, line_number)
    inner join cutoff on windowed.month_start_date <= cutoff.as_of_date
    left join shorts using (division_code, contract_number, line_number, month_start_date)
),

final as (
    select
        division_code,
        contract_number,
        line_number,
        month_start_date,
        least(month_end_date, as_of_date) as last_day_date,
        month_end_date < as_of_date as is_month_closed,
        division_code || '.' || customer_code as customer_id,
        service_type,
        target_ratio,
        window_month_count,
        cast(wanted_qty as decimal(24, 4)) as wanted_qty,
        cast(served_qty as decimal(24, 4)) as served_qty,
        served_ratio,
        case when served_ratio is null then 'no_evidence' end as served_reason,
        served_ratio >= target_ratio as is_kept,
        cast(order_line_count as bigint) as order_line_count,
        cast(asked_qty as decimal(24, 4)) as asked_qty,
        cast(short_qty as decimal(24, 4)) as short_qty,
        cast(short_amount as decimal(24, 4)) as short_amount,
        cast(exposure_amount as decimal(24, 4)) as exposure_amount,
        cast(case when served_ratio >= target_ratio then 0 else exposure_amount end as decimal(24, 4))
            as penalty_amount,
        case when unpriced_line_count > 0 then coalesce(penalty_reason, 'no_price') else penalty_reason end
            as penalty_reason
    from measured
)

select * from final
