{# Rank of a row among the extracts that named its key, 1 for the one that speaks: the latest extraction, then the batch
   and the row last in order, so that the answer never depends on the order of reading. #}
{% macro latest_extract_rank(keys) -%}
    row_number() over (
        partition by {{ keys | join(', ') }}
        order by _meta_extracted_at desc, _meta_batch_id desc, _meta_row desc
    )
{%- endmacro %}

{# Body of a CTE: rows of `rows` (a CTE) that a later extract of the same keys has replaced, by _meta_file and _meta_row.
   For long lists of events of which few come twice: only those are ranked. #}
{% macro superseded_rows(rows, keys) %}
    select
        _meta_file,
        _meta_row
    from (
        select
            _meta_file,
            _meta_row,
            {{ latest_extract_rank(keys) }} as recency_rank
        from {{ rows }}
        where ({{ keys | join(', ') }}) in (
            select {{ keys | join(', ') }}
            from {{ rows }}
            group by {{ keys | join(', ') }}
            having count(*) > 1
        )
    ) as ranked_rows
    where recency_rank > 1
{% endmacro %}
