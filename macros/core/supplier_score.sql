{# The parts of a supplier's score and the policy that weighs each: {column: policy key}. #}
{% macro supplier_score_parts() -%}
    {{ return({
        'otif_ratio': 'supplier_score_otif_weight',
        'quality_ratio': 'supplier_score_quality_weight',
        'lead_time_consistency_ratio': 'supplier_score_consistency_weight',
        'quantity_accuracy_ratio': 'supplier_score_quantity_weight',
    }) }}
{%- endmacro %}
