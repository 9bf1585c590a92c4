-- What each sign of a phantom weighs before any count speaks, and how firmly that is held.
with cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

prior_policy as (
    {{ policy_as_of(
        ['phantom_prior_silence', 'phantom_prior_agreed', 'phantom_prior_short', 'phantom_prior_missing',
         'phantom_prior_failed_again', 'phantom_prior_low', 'phantom_prior_negative', 'phantom_prior_miss',
         'phantom_prior_empty', 'phantom_prior_uncounted', 'phantom_prior_targeted', 'phantom_prior_intercept',
         'phantom_prior_weight', 'phantom_cell_weight', 'phantom_fit_rounds'],
        over='cutoff', as_of='as_of_date'
    ) }}
),

final as (
    {%- for name in ['intercept_rate'] + kpi_phantom_signs() %}
    select
        '{{ name }}' as feature,
        cast(phantom_prior_{{ name.removesuffix('_rate') }} as decimal(18, 6)) as prior_rate,
        cast(phantom_prior_weight as decimal(18, 6)) as prior_weight_rate,
        cast(phantom_cell_weight as decimal(18, 6)) as cell_weight_rate,
        cast(phantom_fit_rounds as integer) as round_count
    from prior_policy
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
