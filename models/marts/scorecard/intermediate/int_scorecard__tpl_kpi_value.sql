-- KPIs of the 3PLs in the shape of the scorecard, one branch per registry row: by provider, and counts added up for the
-- company. The waiting time is an order statistic and has no sum.
with provider_days as (
    select
        *,
        'provider' as scope_type,
        provider_code as scope_id
    from {{ ref('kpi_tpl_consistency') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

messages as (
    select * from {{ ref('fct_shipment_message') }}
),

provider_companies as (
    select
        messages.provider_code,
        min(locations.company_code) as company_code
    from messages
    inner join locations on messages.location_id = locations.location_id
    group by messages.provider_code
),

{% set ratios = [
    ('tpl_completeness_ratio', 'message_count', 'expected_message_count', 'completeness'),
    ('tpl_answer_ratio', 'answered_order_count', 'due_order_count', 'answer'),
    ('tpl_consistency_ratio', 'matched_record_count', 'compared_record_count', 'consistency'),
] %}

company_days as (
    select
        provider_companies.company_code as scope_id,
        provider_days.day_date,
        {%- for _, part, whole, _ in ratios %}
        sum(provider_days.{{ part }}) as {{ part }},
        sum(provider_days.{{ whole }}) as {{ whole }}{{ ',' if not loop.last }}
        {%- endfor %}
    from provider_days
    inner join provider_companies on provider_days.provider_code = provider_companies.provider_code
    group by provider_companies.company_code, provider_days.day_date
),

final as (
    {%- for kpi_id, part, whole, name in ratios %}
    select
        '{{ kpi_id }}' as kpi_id,
        scope_type,
        scope_id,
        day_date as period_start_date,
        day_date as period_end_date,
        cast({{ part }} as decimal(24, 4)) as numerator,
        cast({{ whole }} as decimal(24, 4)) as denominator,
        {{ name }}_ratio as kpi_value,
        {{ name }}_reason as reason_code
    from provider_days

    union all

    select
        '{{ kpi_id }}' as kpi_id,
        'company' as scope_type,
        scope_id,
        day_date as period_start_date,
        day_date as period_end_date,
        cast({{ part }} as decimal(24, 4)) as numerator,
        cast({{ whole }} as decimal(24, 4)) as denominator,
        {{ kpi_tpl_share_ratio(part, whole) }} as kpi_value,
        case when {{ whole }} = 0 then 'no_messages' end as reason_code
    from company_days

    union all
    {% endfor %}
    select
        'tpl_ack_p95_minutes' as kpi_id,
        scope_type,
        scope_id,
        day_date as period_start_date,
        day_date as period_end_date,
        cast(ack_p95_minutes as decimal(24, 4)) as numerator,
        cast(1 as decimal(24, 4)) as denominator,
        ack_p95_minutes as kpi_value,
        ack_reason as reason_code
    from provider_days
)

select * from final
