{# What is known of single deliveries of movements, by the place of their row: most are delivered once, on time and by a clock that
   is believed, so that nothing is said of them. What belongs here: that, and how to join it. What does not: how it is found
   (device_clocks.sql, the models). #}

{# Join to what another relation says of the same delivery: a left join on the place of its row, which never fans out. #}
{% macro join_delivery(rows, said) %}
    left join {{ said }}
        on
            {{ rows }}._meta_file = {{ said }}._meta_file
            and {{ rows }}._meta_row = {{ said }}._meta_row
{% endmacro %}

{# All that is said of deliveries: body of a CTE, one row per delivery of which anything is. Its rank among the deliveries of
   its event, the moment that is believed instead of its device's, what it takes back, and the version of it that the books
   hold. It is the kernel's part `said`, which a build makes once for all its steps. The model has the CTEs `redeliveries`,
   `clocks` and `booked_versions` over stg_unified__redelivery, stg_unified__event_clock and stg_unified__booked_version, and
   `reversals` (reversed_events). #}
{% macro said_of_deliveries() %}
    {{ kernel_part('said', said_of_deliveries_of()) }}
{% endmacro %}

{% macro said_of_deliveries_of() %}
    select
        places._meta_file,
        places._meta_row,
        redeliveries.delivery_rank,
        redeliveries.is_same_as_winner,
        redeliveries.payload_hash,
        clocks.occurred_at as believed_at,
        reversals.reversed_event_type,
        booked_versions.posting_number,
        booked_versions.posting_date,
        booked_versions.posted_at,
        booked_versions.reversal_posting_date,
        booked_versions.reversal_posted_at
    from (
        {%- for said in ['redeliveries', 'clocks', 'reversals'] %}
        select
            _meta_file,
            _meta_row
        from {{ said }}
        {{ 'union' if not loop.last }}
        {%- endfor %}
    ) as places
    {%- for said in ['redeliveries', 'clocks', 'reversals', 'booked_versions'] %}
    {{ join_delivery('places', said) }}
    {%- endfor %}
{% endmacro %}

{# What became of a delivery: it lost to one that says the same or something else, its item, place or unit is unknown, or it
   stands in the ledger. #}
{% macro delivery_status(delivery_rank, is_same_as_winner, quarantine_rule) -%}
    case
            when {{ delivery_rank }} > 1 and {{ is_same_as_winner }} then 'duplicate'
            when {{ delivery_rank }} > 1 then 'superseded'
            when {{ quarantine_rule }} is not null then 'quarantined'
            else 'ledger'
        end
{%- endmacro %}
