{# Joins that give a source row its SKU and its factor to the base unit: `crosswalk.sku_id`, `uom_factors.factor_to_base`.
   Left joins that never fan out (both sides are unique on the keys), so an unknown item or unit stays a row and can be
   told apart: sku_id null = unknown item, factor null = unknown unit. The model has the CTEs `crosswalk` and
   `uom_factors` over stg_unified__sku_crosswalk and stg_unified__uom_factor.
     rows           alias of the source rows, with columns item_code and uom
     division_code  expression that names the division whose codes the row uses
     at             UTC timestamp of the event: the code means what it meant then, since codes are re-used for other goods;
                    without it, what it means now. A range without an end is open, an event without a time the first of all.
     uom_key        the unit normalised already, for rows in their millions; else it is normalised here
   Each comparison keeps one table to a side: anything else (or, case) makes a nested loop of the hash join. #}
{% macro join_item_units(rows, division_code, at=none, uom_key=none) %}
    {%- set moment = "coalesce(" ~ at ~ ", timestamp '1900-01-01 00:00:00')" %}
    left join crosswalk
        on
            {{ division_code }} = crosswalk.division_code
            and {{ rows }}.item_code = crosswalk.item_code
            {% if at is none -%}
            and coalesce(crosswalk.is_current, true)
            {%- else -%}
            and {{ moment }} >= coalesce(crosswalk.valid_from, timestamp '1900-01-01 00:00:00')
            and {{ moment }} < coalesce(crosswalk.valid_to, timestamp '9999-12-31 00:00:00')
            {%- endif %}
    left join uom_factors
        on
            {{ division_code }} = uom_factors.division_code
            and {{ rows }}.item_code = uom_factors.item_code
            and {{ uom_key or normalised_text(rows ~ '.uom') }} = uom_factors.uom_key
{% endmacro %}

{# A quantity of source units in base units, as decimal(18, 4): qty of at most 18 digits times a factor of at most 18. What is
   small is multiplied in 64 bits; a product beyond 10^8 would overflow them, and one absurd line would stop the build. #}
{% macro base_quantity(qty, factor='uom_factors.factor_to_base') -%}
    case
            when abs({{ qty }}) < 1000000 and abs({{ factor }}) < 100 then cast(({{ qty }}) * {{ factor }} as decimal(18, 4))
            else {{ product(qty, factor, scale=4, digits=18) }}
        end
{%- endmacro %}

{# The rule that holds an aligned row back, or null: its location, item or unit is unknown to the masters. #}
{% macro unknown_member_rule(location_id) %}
        case
            when {{ location_id }} is null then 'unknown_location'
            when crosswalk.sku_id is null then 'unknown_item'
            when uom_factors.factor_to_base is null then 'unknown_uom'
        end
{%- endmacro %}

{# Join that gives an ERP row its location: `locations.location_id`, null when the division does not know it. The model has
   the CTE `locations` over stg_unified__location. #}
{% macro join_location(rows) %}
    left join locations
        on
            {{ rows }}.division_code = locations.division_code
            and {{ rows }}.location_code = locations.location_code
{% endmacro %}

{# Columns that say where an aligned row was landed; every model of unified ends with them. #}
{% macro lineage_columns(rows) -%}
        {{ rows }}._meta_batch_id,
        {{ rows }}._meta_file,
        {{ rows }}._meta_row
{%- endmacro %}

{# Units as they are spelled in `rows` and as join_item_units wants them: body of a CTE, one row per spelling. It is the
   kernel's part `spellings`, which a build makes once for all its steps. #}
{% macro unit_spellings(rows, scope) %}
    {{ kernel_part('spellings', unit_spellings_of(rows, scope)) }}
{% endmacro %}

{% macro unit_spellings_of(rows, scope) %}
    select distinct
        uom,
        {{ normalised_text('uom') }} as uom_key
    from {{ rows }}
    where {{ scope }}
{% endmacro %}
