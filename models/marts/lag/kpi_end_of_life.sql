-- Of goods whose end was announced: what lay there on that day, what was written off since, what is left.
with phase_outs as (
    select * from {{ ref('dim_sku_phase_out') }}
    where eol_announced_date is not null
),

stock as (
    select * from {{ ref('int_lag__stock_now') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

pieces as (
    select * from {{ ref('fct_stock_value') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

write_off_lines as (
    select * from {{ ref('int_lag__write_off_line') }}
),

announced as (
    select
        stock.*,
        phase_outs.eol_announced_date,
        phase_outs.end_of_life_date,
        stock_records.currency,
        stock_records.company_currency
    from stock
    inner join phase_outs using (division_code, sku_id)
    inner join stock_records using (sku_id, location_id)
    where phase_outs.eol_announced_date <= stock.as_of_date
),

eol_policy as (
    {{ policy_as_of(['eol_review_days'], over='announced', as_of='as_of_date') }}
),

written_off as (
    select
        announced.sku_id,
        announced.location_id,
        sum(write_off_lines.net_amount) as write_off_amount
    from announced
    inner join write_off_lines
        on
            announced.sku_id = write_off_lines.sku_id
            and announced.location_id = write_off_lines.location_id
            and announced.eol_announced_date <= write_off_lines.posted_date
    group by announced.sku_id, announced.location_id
),

valued as (
    select
        announced.*,
        coalesce(pieces.on_hand_qty, 0) as announced_qty,
        case
            when pieces.on_hand_qty is null then 0
            else {{ product(
                product('pieces.on_hand_qty', 'pieces.unit_cost_amount'), 'company_rates.closing_rate', 4
            ) }}
        end as announced_amount,
        cast(coalesce(written_off.write_off_amount, 0) as decimal(24, 4)) as write_off_amount,
        coalesce(
            {{ add_days('announced.end_of_life_date', 'eol_policy.eol_review_days') }} <= announced.as_of_date, false
        ) as is_over
    from announced
    inner join eol_policy using (as_of_date)
    left join pieces
        on
            announced.sku_id = pieces.sku_id
            and announced.location_id = pieces.location_id
            and announced.eol_announced_date >= pieces.valid_from_date
            and announced.eol_announced_date < pieces.valid_to_date
    left join company_rates
        on
            announced.currency = company_rates.currency
            and announced.company_currency = company_rates.company_currency
            and cast(date_trunc('month', announced.eol_announced_date) as date) = company_rates.month_start_date
    left join written_off
        on announced.sku_id = written_off.sku_id and announced.location_id = written_off.location_id
),

final as (
    select
        sku_id,
        location_id,
        as_of_date,
        division_code,
        category,
        eol_announced_date,
        end_of_life_date,
        is_over,
        cast(announced_qty as decimal(18, 4)) as announced_qty,
        cast(announced_amount as decimal(24, 4)) as announced_amount,
        write_off_amount,
        on_hand_qty,
        on_hand_amount,
        case when is_over then {{ kpi_eol_effectiveness('write_off_amount', 'announced_amount') }} end
            as eol_effectiveness_ratio,
        case
            when not is_over then 'not_over'
            when announced_amount is null then 'no_cost'
            when announced_amount <= 0 then 'no_stock'
        end as eol_effectiveness_reason
    from valued
)

select * from final
