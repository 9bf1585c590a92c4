{# Running stock as intervals, in the one canonical form: maximal runs of equal quantity, no zero-length rows, no cuts at
   period ends, one row per instant. Used by every model that turns the ledger into positions.
     movements    name of a CTE with the keys, movement_qty, posted_at and posting_date; a carried balance is a movement
     keys         columns that identify a stock
   Renders the body of a CTE: keys, on_hand_qty, valid_from, valid_to (9999-12-31 while open), and the business dates of
   both, so that the number of closing midnights inside an interval is valid_to_date - valid_from_date.
   What moves at one instant has one running sum, that of the instant: no net of the instant is taken before.
   Windows are cut by the hash of the keys, an integer, which halves their cost; that no two stocks share a hash is what the
   conservation law (tests/invariants/stock_is_conserved.sql) proves of every build. #}
{% macro stock_intervals(movements, keys) %}
    {%- set key_list = keys | join(', ') %}
    select
        {{ key_list }},
        on_hand_qty,
        posted_at as valid_from,
        coalesce(
            lead(posted_at) over (partition by stock_key order by posted_at),
            timestamp '9999-12-31 00:00:00'
        ) as valid_to,
        posting_date as valid_from_date,
        coalesce(
            lead(posting_date) over (partition by stock_key order by posted_at),
            date '9999-12-31'
        ) as valid_to_date
    from (
        select
            *,
            lag(on_hand_qty) over (partition by stock_key order by posted_at) as previous_qty
        from (
            select
                {{ key_list }},
                stock_key,
                posted_at,
                posting_date,
                cast(
                    sum(movement_qty) over (partition by stock_key order by posted_at) as decimal(18, 4)
                ) as on_hand_qty
            from (
                select
                    {{ key_list }},
                    {{ row_hash(keys) }} as stock_key,
                    posted_at,
                    posting_date,
                    movement_qty
                from {{ movements }}
            ) as keyed
        ) as running
    ) as changes
    where previous_qty is null or previous_qty <> on_hand_qty
{% endmacro %}
