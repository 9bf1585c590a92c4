{# From the value of stock at the opening of a month to that at its close (capability 6.1; docs/formulas.md#stock-value-bridge).
   Arithmetic only: no ref, no join. Amounts in company currency, as they change the stock: what comes in is positive. #}

{# The steps of the bridge that movements of the ledger are, transfers aside, in the order in which they are told. #}
{% macro bridge_flow_steps() -%}
    {{ return([
        'opening_balance', 'receipt', 'supplier_return', 'production', 'cost_of_sales', 'customer_return', 'write_off',
        'count_adjustment', 'other'
    ]) }}
{%- endmacro %}

{# The step that a kind of movement belongs to. #}
{% macro kpi_bridge_step(movement_type) -%}
    case {{ movement_type }}
        when 'sales_issue' then 'cost_of_sales'
        when 'scrap' then 'write_off'
        when 'adjustment' then 'count_adjustment'
        when 'consumption' then 'production'
        else
            case
                when {{ movement_type }} in (
                    'opening_balance', 'receipt', 'supplier_return', 'production', 'customer_return'
                ) then {{ movement_type }}
                else 'other'
            end
    end
{%- endmacro %}

{# Share of the value to be accounted for (opening stock and what came in) that the bridge does not explain. Null when there is
   nothing to account for. decimal(24, 6). #}
{% macro kpi_unexplained_ratio(unexplained_amount, available_amount) -%}
    case when {{ available_amount }} > 0 then {{ divide(unexplained_amount, available_amount) }} end
{%- endmacro %}

{# Why that share is null: no_cost, no_stock; null when it has a value. #}
{% macro kpi_unexplained_reason(available_amount, is_all_uncosted) -%}
    case when {{ is_all_uncosted }} then 'no_cost' when {{ available_amount }} <= 0 then 'no_stock' end
{%- endmacro %}
