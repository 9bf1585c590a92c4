-- What the stock of the cut-off is left of, by age, in company currency, with the provision that policy's ladder asks
-- for.
with layers as (
    select * from {{ ref('fct_cost_layer') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

company_rates as (
    select * from {{ ref('fct_company_rate') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

rated as (
    select
        layers.*,
        stock_records.category,
        cutoff.as_of_date,
        {{ product('layers.layer_amount', 'company_rates.closing_rate', 4) }} as company_amount
    from layers
    cross join cutoff
    inner join stock_records using (sku_id, location_id)
    left join company_rates
        on
            stock_records.currency = company_rates.currency
            and stock_records.company_currency = company_rates.company_currency
            and cast(date_trunc('month', cutoff.as_of_date) as date) = company_rates.month_start_date
),

age_policy as (
    {{ policy_as_of(
        ['age_limit_1_days', 'age_limit_2_days', 'age_limit_3_days', 'age_limit_4_days', 'aged_stock_days',
         'provision_rate_1', 'provision_rate_2', 'provision_rate_3', 'provision_rate_4', 'provision_rate_5'],
        over='rated', as_of='as_of_date', scopes={'category': 'category'}
    ) }}
),

{% set limits = ['age_limit_1_days', 'age_limit_2_days', 'age_limit_3_days', 'age_limit_4_days'] %}
{% set steps = ['provision_rate_1', 'provision_rate_2', 'provision_rate_3', 'provision_rate_4', 'provision_rate_5'] %}
aged as (
    select
        rated.*,
        {{ kpi_age_bucket('rated.age_days', limits) }} as age_bucket,
        {{ kpi_by_age('rated.age_days', limits, steps) }} as provision_rate,
        rated.age_days > age_policy.aged_stock_days as is_aged
    from rated
    inner join age_policy using (as_of_date, category)
),

final as (
    select
        sku_id,
        location_id,
        layer_number,
        as_of_date,
        category,
        receipt_date,
        age_days,
        age_bucket,
        is_aged,
        layer_qty,
        company_amount as layer_amount,
        case when layer_amount is null then 'no_cost' when company_amount is null then 'no_rate' end as layer_reason,
        provision_rate,
        {{ kpi_provision('company_amount', 'provision_rate') }} as provision_amount,
        is_known_cost,
        opening_reason
    from aged
)

select * from final
