-- The chance of each record at the cut-off that the goods it promises are not there: its signs, weighed as fitted,
-- and the hazard of its class at its site. A record that promises nothing is no phantom.
with features as (
    select * from {{ ref('int_visibility__phantom_feature') }}
    where is_cutoff
),

coefficients as (
    select * from {{ ref('fct_phantom_coefficient') }}
),

parameters as (
    select * from {{ ref('fct_phantom_parameter') }}
),

weights as (
    select
        {%- for name in ['intercept_rate'] + kpi_phantom_signs() %}
        max(case when feature = '{{ name }}' then coefficient_rate end) as {{ name }},
        {%- endfor %}
        company_code
    from coefficients
    group by company_code
),

final as (
    select
        features.sku_id,
        features.location_id,
        cast({{ kpi_phantom_log_odds(
            'weights.intercept_rate + parameters.effect_rate', 'features', 'weights'
        ) }} as decimal(18, 6)) as log_odds_rate,
        case
            when features.book_qty > 0
                then {{ kpi_logistic_probability(kpi_phantom_log_odds(
                    'weights.intercept_rate + parameters.effect_rate', 'features', 'weights'
                )) }}
            else cast(0 as decimal(18, 6))
        end as phantom_probability
    from features
    inner join weights on features.company_code = weights.company_code
    inner join parameters
        on
            features.location_id = parameters.location_id
            and features.abc_class = parameters.abc_class
)

select * from final
