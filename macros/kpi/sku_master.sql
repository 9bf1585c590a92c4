{# Formulas of SKU standardisation (capability 2.6, docs/formulas.md#sku-master). Arithmetic on one row: no ref, no join. #}

{# Text for comparing: trimmed, upper case, inner spaces collapsed; null when nothing is left. #}
{% macro normalised_text(x) -%}
    nullif({{ text_of('upper', 'trim(' ~ text_of('one_spaced', x) ~ ')') }}, '')
{%- endmacro %}

{# GTIN-8, 12, 13 or 14 padded left to 14 digits; null for any other length or a non-digit. Source: GS1 General Specifications. #}
{% macro gtin14(x) -%}
    case
        when {{ text_of('matches', 'trim(' ~ x ~ ')', "'^([0-9]{8}|[0-9]{12,14})$'") }} then lpad(trim({{ x }}), 14, '0')
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

{# UPC-A (12 digits) that a UPC-E of 8 digits stands for; null for any other text. The last digit but one says where the
   noughts were left out; number system 0 and the check digit are the same in both. Source: GS1 General Specifications. #}
{% macro upc_a_of_upc_e(x) -%}
    {#- The digits of the UPC-E by place, a to h; a 0 stands for itself. -#}
    {%- set layouts = [('012', 'abcg0000defh'), ('3', 'abcd00000efh'), ('4', 'abcde00000fh'), ('', 'abcdef0000gh')] -%}
    case
        when {{ gtin14(x) }} is null or trim({{ x }}) not like '0_______' then null
        {%- for last_digits, layout in layouts %}
        {%- if last_digits %}
        when substr(trim({{ x }}), {{ 'abcdefg' | length }}, 1) in ('{{ last_digits | join("', '") }}') then
        {%- else %}
        else
        {%- endif %}
            {%- for place in layout %}
            {{ "'0'" if place == '0' else 'substr(trim(' ~ x ~ '), ' ~ ('abcdefgh'.index(place) + 1) ~ ', 1)' }}
            {{- ' ||' if not loop.last }}
            {%- endfor %}
        {%- endfor %}
    end
{%- endmacro %}

{# Whether the last of 14 digits is the check digit of the others; null for null. #}
{% macro is_gtin_check_digit_right(gtin14) -%}
    {{ gtin_check_digit(gtin14) }} = cast(substr({{ gtin14 }}, 14, 1) as integer)
{%- endmacro %}

{# Share of the required attributes of a division's items that are there and valid (capability 2.6). Decimal of six digits;
   null without items. Of the company: sums over sums. #}
{% macro kpi_sku_conformity_ratio(valid_count, required_count) -%}
    {{ divide(valid_count, required_count) }}
{%- endmacro %}

{# Share of item records that only repeat another one's goods: (records - golden records) / records. Decimal of six
   digits; null without records. #}
{% macro kpi_sku_duplicate_ratio(record_count, golden_count) -%}
    {{ divide('(' ~ record_count ~ ') - (' ~ golden_count ~ ')', record_count) }}
{%- endmacro %}

{# Whether two SKUs may be the same goods, so that a steward is asked (capability 2.6): alike enough, and no stronger
   evidence against it: both with a GTIN, or both of one brand with a part number, are different goods by their numbers.
   Within one division the words must be the same, for its own people gave the two codes. Boolean, never null. #}
{% macro kpi_is_sku_match_candidate(similarity, limit, has_two_gtins, has_two_mpns, is_same_division) -%}
    coalesce(
        {{ similarity }} >= {{ limit }}
        and not ({{ has_two_gtins }})
        and not ({{ has_two_mpns }})
        and ({{ similarity }} = 1 or not ({{ is_same_division }})),
        false
    )
{%- endmacro %}
