-- The services each stock record is reckoned through: policy's candidates, the cap of its class, the level the ERP
-- plans with, and what contracts promise. A service that several ask for is one row.
with lead_time_demand as (
    select * from {{ ref('int_service__lead_time_demand') }}
    where lead_time_distribution is not null
),

economics as (
    select * from {{ ref('int_service__item_economics') }}
),

contracts as (
    select * from {{ ref('fct_service_contract') }}
    where is_speaking
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

candidate_policy as (
    {{ policy_as_of(
        [
            'candidate_csl_1', 'candidate_csl_2', 'candidate_csl_3', 'candidate_csl_4', 'candidate_csl_5',
            'candidate_csl_6', 'candidate_csl_7'
        ],
        over='cutoff', as_of='as_of_date'
    ) }}
),

{% set candidates = [
    'candidate_csl_1', 'candidate_csl_2', 'candidate_csl_3', 'candidate_csl_4', 'candidate_csl_5', 'candidate_csl_6',
    'candidate_csl_7'
] %}

asked as (
    {%- for candidate in candidates %}
    select
        lead_time_demand.sku_id,
        lead_time_demand.location_id,
        'cycle' as service_type,
        candidate_policy.{{ candidate }} as target_ratio,
        'candidate' as asked_by
    from lead_time_demand
    cross join candidate_policy

    union all
    {% endfor %}
    select
        sku_id,
        location_id,
        'cycle' as service_type,
        cap_ratio as target_ratio,
        'cap' as asked_by
    from economics

    union all

    select
        sku_id,
        location_id,
        'cycle' as service_type,
        planned_service_level_ratio as target_ratio,
        'plan' as asked_by
    from lead_time_demand

    union all

    select
        sku_id,
        location_id,
        service_type,
        target_ratio,
        'contract' as asked_by
    from contracts
),

grouped as (
    select
        sku_id,
        location_id,
        service_type,
        cast(target_ratio as decimal(9, 6)) as target_ratio,
        bool_or(asked_by = 'candidate') as is_candidate,
        bool_or(asked_by = 'cap') as is_cap,
        bool_or(asked_by = 'plan') as is_plan,
        bool_or(asked_by = 'contract') as is_contract
    from asked
    where target_ratio > 0 and target_ratio < 1
    group by sku_id, location_id, service_type, cast(target_ratio as decimal(9, 6))
),

final as (
    select
        grouped.*,
        lead_time_demand.lead_time_distribution,
        lead_time_demand.mean_lead_time_demand_qty,
        lead_time_demand.sd_lead_time_demand_qty,
        lead_time_demand.lead_time_order_qty
    from grouped
    inner join lead_time_demand using (sku_id, location_id)
)

select * from final
