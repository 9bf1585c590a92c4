{# SKU that an item is on its own: its division and code, and after a re-use of the code also which use it is. #}
{% macro own_code_sku(rows) -%}
    'ITEM-' || {{ rows }}.division_code || '-' || {{ rows }}.item_code
    || case when {{ rows }}.reuse_count > 0 then '-' || cast({{ rows }}.reuse_count + 1 as string) else '' end
{%- endmacro %}

{# Left join of what two items were when a verdict on them was given. `prefix` names the side of the verdict: '' or 'other_'. #}
{% macro join_at(relation, alias, rows, at, prefix='') -%}
    left join {{ relation }} as {{ alias }}
        on
            {{ rows }}.{{ prefix }}division_code = {{ alias }}.division_code
            and {{ rows }}.{{ prefix }}item_code = {{ alias }}.item_code
            and {{ rows }}.{{ at }} >= {{ alias }}.begins_at
            and {{ rows }}.{{ at }} < {{ alias }}.ends_at
{%- endmacro %}
