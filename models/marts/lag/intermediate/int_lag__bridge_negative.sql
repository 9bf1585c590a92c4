-- Negative stock is worth nil although its movements were valued: what it lacks is added as it goes below nil, and
-- taken back as it is mended, each at the unit cost of that day and the average rate of its month.
with negative as (
    select * from {{ ref('fct_stock_on_hand') }}
    where on_hand_qty < 0 and valid_from_date < valid_to_date
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

rates as (
    select * from {{ ref('int_lag__record_rate') }}
),

steps as (
    {{ both_ends_of('negative', 'on_hand_qty') }}
),

{% set change = multiply('steps.changed_qty', 'unit_costs.unit_cost_amount') %}
final as (
    select
        steps.sku_id,
        steps.location_id,
        {{ month_of('steps.changed_date') }} as month_start_date,
        cast(sum(cast({{ change }} as decimal(24, 6)) * rates.average_rate) as decimal(24, 6)) as negative_amount,
        bool_or(unit_costs.unit_cost_amount is null) as is_uncosted
    from steps
    {{ join_unit_cost('steps', 'steps.changed_date') }}
    {{ join_record_rate('steps', month_of('steps.changed_date')) }}
    where steps.changed_date < date '9999-12-31'
    group by steps.sku_id, steps.location_id, {{ month_of('steps.changed_date') }}
)

select * from final
