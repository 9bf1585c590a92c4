{# Rank of a row among the extracts that named its key, 1 for the one that speaks: the latest extraction, then the batch
   and the row last in order, so that the answer never depends on the order of reading. #}
{% macro latest_extract_rank(keys) -%}
    row_number() over (
        partition by {{ keys | join(', ') }}
        order by _meta_extracted_at desc, _meta_batch_id desc, _meta_row desc
    )
{%- endmacro %}

{# Body of a CTE: rows of `rows` that a later extract of the same keys has replaced, by _meta_file and _meta_row. `rows` is a
   relation where there is one, and no CTE: what is read three times in one statement is kept in memory whole.
   For long lists of events of which few come twice: only those are ranked. They are found by the hash of their keys,
   which is shorter; two keys of one hash are one more row to rank. #}
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
        where {{ row_hash(keys) }} in (
            select {{ row_hash(keys) }} as key_hash
            from {{ rows }}
            group by {{ row_hash(keys) }}
            having count(*) > 1
        )
    ) as ranked_rows
    where recency_rank > 1
{% endmacro %}

{# Body of a CTE: the row of `rows` (a CTE) that speaks for each key, the one of the latest extract. #}
{% macro latest_extracts(rows, keys) %}
    select *
    from (
        select
            *,
            {{ latest_extract_rank(keys) }} as recency_rank
        from {{ rows }}
    ) as ranked_rows
    where recency_rank = 1
{% endmacro %}
