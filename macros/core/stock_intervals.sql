{# Running stock as intervals, in the one canonical form: maximal runs of equal quantity, no zero-length rows, no cuts at
   period ends, one row per instant. Used by every model that turns the ledger into positions.
     movements    what stands behind FROM: rows with the keys, movement_qty, posted_at and posting_date. It is read twice, so
                  that it is no CTE (which would be held whole, texts and all)
     keys         columns that identify a stock
   Renders the body of a CTE: keys, on_hand_qty, valid_from, valid_to (9999-12-31 while open), and the business dates of
   both, so that the number of closing midnights inside an interval is valid_to_date - valid_from_date.
   What moves at one instant has one running sum, that of the instant: no net of the instant is taken before.
   Windows are cut by the hash of the keys, an integer, and carry nothing else of them, so that they stay small; the keys
   come back at the end. The kernel keeps both apart (materialisation stock_runs): runs by that integer, made from the moves in a
   way of its own (kernel_runs_of), and once which stock it stands for. That no two stocks share a hash is what the conservation law
   (tests/invariants/stock_is_conserved.sql) proves of every build. #}
{% macro stock_intervals(movements, keys) %}
    select
        {%- for key in keys %}
        stocks.{{ key }},
        {%- endfor %}
        runs.on_hand_qty,
        runs.valid_from,
        runs.valid_to,
        runs.valid_from_date,
        runs.valid_to_date
    from (
        {{ stock_runs_of(movements, keys) }}
    ) as runs
    inner join (
        {{ stocks_of(movements, keys) }}
    ) as stocks on runs.stock_key = stocks.stock_key
{% endmacro %}

{# The runs by stock_key alone. #}
{% macro stock_runs_of(movements, keys) %}
    select
        stock_key,
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
                stock_key,
                posted_at,
                posting_date,
                cast(
                    sum(movement_qty) over (partition by stock_key order by posted_at) as decimal(18, 4)
                ) as on_hand_qty
            from (
                {{ kernel_part('moves', moves_of(movements, keys)) }}
            ) as keyed
        ) as running
    ) as changes
    where previous_qty is null or previous_qty <> on_hand_qty
{% endmacro %}

{# What moved, by stock_key. #}
{% macro moves_of(movements, keys) %}
    select
        {{ row_hash(keys) }} as stock_key,
        posted_at,
        posting_date,
        movement_qty
    from {{ movements }}
{% endmacro %}

{# Which stock each stock_key stands for. #}
{% macro stocks_of(movements, keys) %}
    select distinct * from ({{ kernel_part('named', named_moves_of(movements, keys)) }}) as named
{% endmacro %}

{# The stocks that moved, once for each move. #}
{% macro named_moves_of(movements, keys) %}
    select
        {{ row_hash(keys) }} as stock_key,
        {{ keys | join(', ') }}
    from {{ movements }}
{% endmacro %}

{# The ledger's rows for stock_intervals, and the balances that a step of a build opens with, which are movements like any
   other. `condition` narrows the ledger. #}
{% macro booked_movements(ledger, keys, condition='true') %}
    (
        select
            {{ keys | join(', ') }},
            movement_qty,
            posted_at,
            posting_date
        from {{ ledger }}
        where {{ condition }} and {{ kernel_scope() }}

        union all

        select
            {{ keys | join(', ') }},
            movement_qty,
            posted_at,
            posting_date
        {{ kernel_opening(ledger) }}
    ) as booked
{%- endmacro %}
