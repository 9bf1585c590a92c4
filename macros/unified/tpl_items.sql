{# Joins that give a row of a 3PL its location, its SKU and its factor to the base unit: `locations`, `tpl_items`. Left joins
   that never fan out, so what is unknown stays a row. The division of the site decides whose item a code means.
     rows  alias of the source rows, with columns provider_code, site_code, provider_item_code, provider_uom
   The model has the CTEs `locations`, `tpl_items` and `tpl_codes` (see known_tpl_codes). #}
{% macro join_tpl_items(rows) %}
    left join locations on {{ rows }}.site_code = locations.site_code
    left join tpl_codes
        on
            {{ rows }}.provider_code = tpl_codes.provider_code
            and locations.division_code = tpl_codes.division_code
            and {{ rows }}.provider_item_code = tpl_codes.provider_item_code
    left join tpl_items
        on
            {{ rows }}.provider_code = tpl_items.provider_code
            and locations.division_code = tpl_items.division_code
            and {{ rows }}.provider_item_code = tpl_items.provider_item_code
            and {{ normalised_text(rows ~ '.provider_uom') }} = tpl_items.uom_key
            and tpl_items.quarantine_rule is null
{% endmacro %}

{# Body of the CTE `tpl_codes`: the item codes of each provider and division that lead to a SKU, in whatever unit. #}
{% macro known_tpl_codes() %}
    select distinct
        provider_code,
        division_code,
        provider_item_code
    from tpl_items
    where sku_id is not null
{% endmacro %}

{# The rule that holds a row of a 3PL back, or null. #}
{% macro unknown_tpl_member_rule() %}
        case
            when locations.location_id is null then 'unknown_location'
            when tpl_codes.provider_item_code is null then 'unknown_item'
            when tpl_items.factor_to_base is null then 'unknown_uom'
        end
{%- endmacro %}

{# md5 over everything that a redelivery may change; equal payloads are the same delivery. #}
{% macro payload_hash(rows, columns) -%}
        md5(
            {%- for column in columns %}
            coalesce(replace(cast({{ rows }}.{{ column }} as string), '|', '\|'), '~')
            || '|'{{ ' ||' if not loop.last }}
            {%- endfor %}
        )
{%- endmacro %}
