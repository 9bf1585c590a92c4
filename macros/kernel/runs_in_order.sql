{# The runs of stock_runs_of (stock_intervals) as DuckDB makes them at half the cost: the moves of a step are sorted once, and what
   follows walks along the sorted rows. A window without PARTITION BY and ORDER BY is a walk in the order of its input, which an
   ORDER BY below it fixes whatever `preserve_insertion_order` says; tests/python/macros/test_stock_intervals.py compares both forms
   and looks at the plan, and tests/invariants/stock_is_conserved.sql each build's balances with the ledger.
     moves    relation with stock_key, posted_at, posting_date and movement_qty
   A running total of all stocks goes on from one stock to the next; what it was before the first move of a stock is taken off. #}
{% macro kernel_runs_of(moves) %}
    select
        stock_key,
        on_hand_qty,
        posted_at as valid_from,
        case when lead(stock_key) over () = stock_key then lead(posted_at) over () else timestamp '9999-12-31 00:00:00' end as valid_to,
        posting_date as valid_from_date,
        case when lead(stock_key) over () = stock_key then lead(posting_date) over () else date '9999-12-31' end as valid_to_date
    from (
        select
            *,
            lag(stock_key) over () as run_before_key,
            lag(on_hand_qty) over () as run_before_qty
        from (
            select
                stock_key,
                posted_at,
                posting_date,
                next_key,
                next_at,
                cast(
                    total_qty - last_value(
                        case when before_key is distinct from stock_key then total_qty - movement_qty end ignore nulls
                    ) over (rows unbounded preceding)
                    as decimal(18, 4)
                ) as on_hand_qty
            from (
                select
                    *,
                    sum(movement_qty) over (rows unbounded preceding) as total_qty,
                    lag(stock_key) over () as before_key,
                    lead(stock_key) over () as next_key,
                    lead(posted_at) over () as next_at
                from (select * from {{ moves }} order by stock_key, posted_at) as sorted
            ) as totalled
        ) as balances
        where next_key is distinct from stock_key or next_at <> posted_at
    ) as instants
    where run_before_key is distinct from stock_key or run_before_qty <> on_hand_qty
{% endmacro %}
