{# Running stock as intervals, in the one canonical form: maximal runs of equal quantity, no zero-length rows, no cuts at
   period ends, one row per instant. Used by every model that turns the ledger into positions.
     movements    name of a CTE over fct_stock_movement joined to nothing
     keys         columns that identify a stock
     fingerprint  column of `movements` carried per key (constant in it), or none
   Renders the body of a CTE: keys, on_hand_qty, valid_from, valid_to (9999-12-31 while open), and the business dates of
   both, so that the number of closing midnights inside an interval is valid_to_date - valid_from_date. #}
{% macro stock_intervals(movements, keys, fingerprint) %}
    {%- set key_list = keys | join(', ') %}
    select
        {{ key_list }},
        on_hand_qty,
        posted_at as valid_from,
        coalesce(
            lead(posted_at) over (partition by {{ key_list }} order by posted_at),
            timestamp '9999-12-31 00:00:00'
        ) as valid_to,
        posting_date as valid_from_date,
        coalesce(
            lead(posting_date) over (partition by {{ key_list }} order by posted_at),
            date '9999-12-31'
        ) as valid_to_date,
        {{ fingerprint }}
    from (
        select
            *,
            lag(on_hand_qty) over (partition by {{ key_list }} order by posted_at) as previous_qty
        from (
            select
                {{ key_list }},
                posted_at,
                posting_date,
                {{ fingerprint }},
                cast(
                    sum(sum(movement_qty)) over (partition by {{ key_list }} order by posted_at) as decimal(18, 4)
                ) as on_hand_qty
            from {{ movements }}
            group by {{ key_list }}, posted_at, posting_date, {{ fingerprint }}
        ) as running
    ) as changes
    where previous_qty is null or previous_qty <> on_hand_qty
{% endmacro %}

{# Stock keys (SKU x location) whose ledger differs from the one their rows of `this` were built from: body of a CTE. An
   increment rebuilds these and no others; a crash, a late event, a correction or a remapped code heals by itself. #}
{% macro changed_stock_keys(fingerprints) %}
    select
        {{ fingerprints }}.sku_id,
        {{ fingerprints }}.location_id,
        {{ fingerprints }}._meta_ledger_fingerprint
    from {{ fingerprints }}
    {%- if is_incremental() %}
    left join (
        select
            sku_id,
            location_id,
            max(_meta_ledger_fingerprint) as _meta_ledger_fingerprint
        from {{ this }}
        group by sku_id, location_id
    ) as built
        on
            {{ fingerprints }}.sku_id = built.sku_id
            and {{ fingerprints }}.location_id = built.location_id
    where
        built._meta_ledger_fingerprint is null
        or built._meta_ledger_fingerprint <> {{ fingerprints }}._meta_ledger_fingerprint
    {%- endif %}
{% endmacro %}

{# Order-independent fingerprint of each key's movements: body of a CTE over the CTE `movements`. #}
{% macro ledger_fingerprints(movements) %}
    select
        sku_id,
        location_id,
        {{ rows_fingerprint(['movement_id', 'movement_qty', 'posted_at', 'lot_code', 'stock_status', 'owner_code']) }}
            as _meta_ledger_fingerprint
    from {{ movements }}
    group by sku_id, location_id
{% endmacro %}

{# Drops rows of keys that have no movement (satisfying `condition`) any more, before an increment; a key that only
   changed is replaced by it. #}
{% macro drop_vanished_stock_keys(condition='true') %}
    {% if is_incremental() %}
        delete from {{ this }}
        where not exists (
            select 1
            from {{ ref('fct_stock_movement') }} as movements
            where
                movements.sku_id = {{ this }}.sku_id
                and movements.location_id = {{ this }}.location_id
                and {{ condition }}
        )
    {% endif %}
{% endmacro %}
