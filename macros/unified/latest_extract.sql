{# Rank of a row among the extracts that named its key, 1 for the one that speaks: the latest extraction, then the batch
   and the row last in order, so that the answer never depends on the order of reading. #}
{% macro latest_extract_rank(keys) -%}
    row_number() over (
        partition by {{ keys | join(', ') }}
        order by _meta_extracted_at desc, _meta_batch_id desc, _meta_row desc
    )
{%- endmacro %}
