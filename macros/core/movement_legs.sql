{# The legs of the ledger's rows: body of a CTE with the ledger's columns, is_reversal, leg_suffix, leg_status, leg_qty,
   booked_date and booked_at. A change of status takes goods out of one status and puts them into another: two legs that sum
   to zero. A version that a better one replaced after its day had closed stays in that day, and its legs are taken back on
   a later one. Each kind of leg reads the ledger by itself: what several steps read would be held as a whole. #}
{% macro movement_legs(ledger) %}
    {%- for is_reversal in [false, true] %}
    {%- set booking = 'reversal_' if is_reversal else '' %}
    {%- for suffix, status, is_out in [
        ('', 'stock_status', false), ('#out', 'from_stock_status', true), ('#in', 'to_stock_status', false)
    ] %}
    select
        *,
        {{ is_reversal | lower }} as is_reversal,
        '{{ suffix }}' as leg_suffix,
        {{ status }} as leg_status,
        {{ '-' if is_out != is_reversal }}movement_qty as leg_qty,
        {{ booking }}posting_date as booked_date,
        {{ booking }}posted_at as booked_at
    from {{ ledger }}
    where
        {{ booking }}posting_date is not null
        and event_type {{ '=' if suffix else '<>' }} 'status_change'
    {{ 'union all' if not (is_reversal and loop.last) }}
    {%- endfor %}
    {%- endfor %}
{% endmacro %}
