-- What a contract line's service is measured by, per month: units asked and filled (fill), record-days known and with
-- stock (in_stock), cycles ended and without a stock-out (cycle).
with order_lines as (
    select * from {{ ref('int_service__contract_order_line') }}
    where service_type = 'fill'
),

covered as (
    select * from {{ ref('int_service__contract_record_month') }}
),

stocked as (
    select * from {{ ref('int_service__stocked_month') }}
),

cycles as (
    select * from {{ ref('int_service__replenishment_cycle') }}
),

cycle_months as (
    select
        sku_id,
        location_id,
        cast(date_trunc('month', cycle_end_date) as date) as month_start_date,
        count(*) as wanted_count,
        count(*) filter (where not is_stocked_out) as served_count
    from cycles
    group by sku_id, location_id, cast(date_trunc('month', cycle_end_date) as date)
),

evidence as (
    select
        division_code,
        contract_number,
        line_number,
        month_start_date,
        asked_qty as wanted_qty,
        filled_qty as served_qty
    from order_lines

    union all

    select
        covered.division_code,
        covered.contract_number,
        covered.line_number,
        covered.month_start_date,
        stocked.known_day_count as wanted_qty,
        stocked.stocked_day_count as served_qty
    from covered
    inner join stocked using (sku_id, location_id, month_start_date)
    where covered.service_type = 'in_stock'

    union all

    select
        covered.division_code,
        covered.contract_number,
        covered.line_number,
        covered.month_start_date,
        cycle_months.wanted_count as wanted_qty,
        cycle_months.served_count as served_qty
    from covered
    inner join cycle_months using (sku_id, location_id, month_start_date)
    where covered.service_type = 'cycle'
),

final as (
    select
        division_code,
        contract_number,
        line_number,
        month_start_date,
        cast(sum(wanted_qty) as decimal(24, 4)) as wanted_qty,
        cast(sum(served_qty) as decimal(24, 4)) as served_qty
    from evidence
    group by division_code, contract_number, line_number, month_start_date
)

select * from final
