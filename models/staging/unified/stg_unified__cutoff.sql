with batches as (
    select * from {{ ref('stg_audit__pinned_batches') }}
),

-- Time is an input: the run speaks as of the latest extraction it was given, or of the moment it was told to.
-- What our own audits, our own forecasts and people's decisions say is no news of stock, however late it arrives.
latest_extraction as (
    select max(extracted_at) as extracted_at
    from batches
    where source not in ('audit', 'baseline', 'steward')
),

final as (
    select
            {% if var('as_of_at') %}
        timestamp '{{ var("as_of_at") }}' as as_of_at,
        cast(timestamp '{{ var("as_of_at") }}' as date) as as_of_date
        {% else %}
        coalesce(extracted_at, timestamp '1970-01-01 00:00:00') as as_of_at,
        cast(coalesce(extracted_at, timestamp '1970-01-01 00:00:00') as date) as as_of_date
        {% endif %}
    from latest_extraction
)

select * from final
