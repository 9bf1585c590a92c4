{# Formulas of SKU standardisation (capability 2.6, docs/formulas.md#sku-master). Arithmetic on one row: no ref, no join. #}

{# Text for comparing: trimmed, upper case, inner spaces collapsed; null when nothing is left. #}
{% macro normalised_text(x) -%}
    nullif(upper(trim(regexp_replace({{ x }}, '\s+', ' ', 'g'))), '')
{%- endmacro %}

{# GTIN-8, 12, 13 or 14 padded left to 14 digits; null for any other length or a non-digit. Source: GS1 General Specifications. #}
{% macro gtin14(x) -%}
    case
        when regexp_matches(trim({{ x }}), '^([0-9]{8}|[0-9]{12,14})$') then lpad(trim({{ x }}), 14, '0')
    end
{%- endmacro %}

{# Whether a GTIN padded to 14 digits can name goods outside one company: not all noughts, and not a GTIN-8 that GS1
   leaves to companies (first digit 0 or 2). Restricted prefixes of longer ones are a seed. #}
{% macro is_global_gtin14(gtin14) -%}
    not ({{ gtin14 }} like '0000000%' or {{ gtin14 }} like '0000002%')
{%- endmacro %}

{# Check digit of the first 13 of 14 digits: weights 3, 1, 3, ... from the left, then the complement to ten. Integer 0-9. #}
{% macro gtin_check_digit(gtin14) -%}
    (10 - (
        {%- for i in range(1, 14) %}
        {{ 3 if i % 2 == 1 else 1 }} * cast(substr({{ gtin14 }}, {{ i }}, 1) as integer){{ ' +' if not loop.last }}
        {%- endfor %}
    ) % 10) % 10
{%- endmacro %}
