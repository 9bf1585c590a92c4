-- Counts of the 3PLs by provider and day, and added up for the company.
with provider_days as (
    select * from {{ ref('kpi_tpl_consistency') }}
),

messages as (
    select * from {{ ref('fct_shipment_message') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

provider_scopes as (
    select
        messages.provider_code,
        min(locations.company_code) as company_code
    from messages
    left join locations on messages.location_id = locations.location_id
    group by messages.provider_code
),

scoped as (
    select
        provider_days.*,
        coalesce(provider_scopes.company_code, '(unknown)') as company_code
    from provider_days
    left join provider_scopes on provider_days.provider_code = provider_scopes.provider_code
),

final as (
    {%- for scope_type, scope_id in [('provider', 'provider_code'), ('company', 'company_code')] %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        {%- for count in ['message_count', 'expected_message_count', 'answered_order_count', 'due_order_count',
                          'matched_record_count', 'compared_record_count'] %}
        cast(sum({{ count }}) as bigint) as {{ count }},
        {%- endfor %}
        day_date
    from scoped
    group by {{ scope_id }}, day_date
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
