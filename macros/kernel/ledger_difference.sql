{# What an increment of the ledger exchanges: which events the new batches and the masters touch, which rows differ, and
   which stocks they belong to. What belongs here: questions asked of the ledger as it stands. What does not: writing. #}

{# Temporary tables kernel_removed and kernel_added: rows that the ledger has and should not, and the other way round. #}
{% macro ledger_difference(sql, target, movements) %}
    {% set hash = kernel_event_hash() %}
    {% set batch = ref('stg_unified__movement_month') %}
    {% do run_query(
        "create or replace temporary table kernel_affected as "
        ~ "select site_code, event_id, event_type, reverses_event_id, _meta_extracted_at from " ~ movements
        ~ " where " ~ kernel_of_batches("select batch_id from kernel_new_batch", batch)
    ) %}
    {# Codes, sites and opening days of which the masters say something else; those of the new extractions are no news. #}
    {% do run_query(
        "create or replace temporary table kernel_news as select distinct scope, code from ("
        ~ "(select * from kernel.master except select * from kernel_master) union all "
        ~ "(select * from kernel_master except select * from kernel.master)) as said_otherwise "
        ~ "where not (scope = 'extraction' and code in (select site_code || '|' || cast(_meta_extracted_at as varchar) "
        ~ "from kernel_affected))"
    ) %}
    {% if kernel_value("select count(*) from kernel_news") > 0 %}
        {% do run_query(
            "insert into kernel_affected select site_code, event_id, event_type, reverses_event_id, _meta_extracted_at from "
            ~ target
            ~ " where (division_code || '|' || item_code) in (select code from kernel_news where scope = 'item')"
            ~ " or site_code in (select code from kernel_news where scope = 'site')"
            ~ " or (site_code || '|' || cast(_meta_extracted_at as varchar)) in"
            ~ " (select code from kernel_news where scope = 'extraction')"
        ) %}
    {% endif %}
    {# Events of which other versions are booked, or that stand at other moments, than the ledger was made from; their types
       are those of the ledger. #}
    {% do run_query(
        "insert into kernel_affected select distinct site_code, event_id, null, null, cast(null as timestamp) from ("
        ~ "(select * from kernel.version except select * from kernel_version) union all "
        ~ "(select * from kernel_version except select * from kernel.version)) as booked_otherwise"
    ) %}
    {# What was made before its calendar and its versions were, as when a person builds this model alone. #}
    {% do run_query(
        "insert into kernel_affected select site_code, event_id, null, null, cast(null as timestamp) from kernel.undated"
    ) %}
    {# What they take back, what that took back in turn, and what takes them back. #}
    {% do run_query(
        "create or replace temporary table kernel_linked as "
        ~ "with recursive reversals as ("
        ~ " select site_code, event_id, reverses_event_id from " ~ target
        ~ " where reverses_event_id is not null and event_type = 'reversal'"
        ~ " union select site_code, event_id, reverses_event_id from kernel_affected where event_type = 'reversal'"
        ~ "), linked as ("
        ~ " select site_code, event_id from kernel_affected"
        ~ " union select reversals.site_code, reversals.event_id from reversals inner join kernel_affected"
        ~ " on reversals.site_code = kernel_affected.site_code"
        ~ " and reversals.reverses_event_id = kernel_affected.event_id"
        ~ "), closed as ("
        ~ " select site_code, event_id from linked"
        ~ " union select reversals.site_code, reversals.reverses_event_id from closed inner join reversals"
        ~ " on closed.site_code = reversals.site_code and closed.event_id = reversals.event_id"
        ~ ") select site_code, event_id, " ~ hash ~ " as event_hash from closed where event_id is not null"
    ) %}
    {% set found = kernel_batches_hashed(
        "select batch_hash from kernel.news where event_hash in (select event_hash from kernel_linked) union "
        ~ "select batch_hash from kernel.event where event_hash in (select event_hash from kernel_linked "
        ~ "where event_hash not in (select event_hash from kernel.news))"
    ) %}
    {% set linked = kernel_of_batches(found, batch) ~ " and (site_code, event_id) in (select (site_code, event_id) from kernel_linked)" %}
    {% do run_query("create or replace temporary table kernel_held as select * from " ~ target ~ " where " ~ linked) %}
    {% do run_query("create or replace temporary table kernel_fresh as " ~ kernel_few(sql, movements, linked)) %}
    {% do run_query("create or replace temporary table kernel_removed as select * from kernel_held except select * from kernel_fresh") %}
    {% do run_query("create or replace temporary table kernel_added as select * from kernel_fresh except select * from kernel_held") %}
{% endmacro %}

{# Events among the ledger's rows that have no day, or none in the books where they should. #}
{% macro undated_events(ledger) %}
    select distinct site_code, event_id from {{ ledger }}
    where event_date is null or (delivery_status = 'ledger' and posting_date is null)
{% endmacro %}

{# The stocks whose books changed and the moments from when on: of every leg that came or went. #}
{% macro ledger_changes(revision) %}
    select distinct
        {{ revision }},
        sku_id,
        location_id,
        lot_code,
        unnest(
            case when event_type = 'status_change' then [from_stock_status, to_stock_status] else [stock_status] end
        ),
        owner_code,
        booked_at,
        booked_date
    from (
        {% for table in ['kernel_removed', 'kernel_added'] %}
        select *, posted_at as booked_at, posting_date as booked_date from {{ table }} where posting_date is not null
        union all
        select *, reversal_posted_at, reversal_posting_date from {{ table }} where reversal_posting_date is not null
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as moved
{% endmacro %}

{# What the ledger takes from the masters, by item code and by site: rows of text to compare with those of another build. #}
{% macro ledger_masters() %}
    select
        'item' as scope,
        division_code || '|' || item_code as code,
        concat_ws('|', 'sku', sku_id, valid_from, valid_to, is_current) as said
    from {{ ref('stg_unified__sku_crosswalk') }}
    union all
    select
        'item',
        division_code || '|' || item_code,
        concat_ws('|', 'uom', uom_key, uom_code, factor_to_base)
    from {{ ref('stg_unified__uom_factor') }}
    union all
    select
        'site',
        site_code,
        concat_ws('|', location_id, division_code, time_zone)
    from {{ ref('stg_unified__location') }}
    where site_code is not null
    union all
    select
        'extraction',
        site_code || '|' || cast(extracted_at as varchar),
        concat_ws('|', open_from_date, open_from_at, books_from_date)
    from {{ ref('stg_unified__open_day') }}
{% endmacro %}

{# The versions that the books hold of events delivered more than once, and where events stand whose device's clock was not
   believed, to compare with those of another build. #}
{% macro ledger_versions() %}
    select
        site_code,
        event_id,
        {{ row_hash([
            'posting_number', 'posting_date', 'posted_at', 'reversal_posting_date', 'reversal_posted_at', '_meta_file',
            '_meta_row',
        ]) }} as said_hash
    from {{ ref('stg_unified__booked_version') }}
    union all
    select
        site_code,
        event_id,
        {{ row_hash(['occurred_at', '_meta_file', '_meta_row']) }}
    from {{ ref('stg_unified__event_clock') }}
{% endmacro %}
