{# The as-of join of effective-dated policy. June's policy answers for June.
   `policy_as_of` renders the body of a CTE with one row per distinct (as_of, scopes) of the relation `over` and one
   column per policy key: the value of the narrowest scope that matches (rank in seed policy_scopes).
     keys    policy keys; a key written 'name:text' gives text, others decimal(18, 6)
     over    name of a CTE; every `as_of` and scope column in it is not null
     as_of   date column of `over`
     scopes  {scope_type: column of `over`}; scope company applies always
   Join it back with `using (as_of, scope columns)`. A missing row gives null, which a model must not turn into 0. #}
{% macro policy_as_of(keys, over, as_of, scopes={}) %}
    select
        signature.{{ as_of }},
        {%- for column in scopes.values() %}
        signature.{{ column }},
        {%- endfor %}
        {%- for key in keys %}
        {%- set name = key.split(':')[0] %}
        {%- set kind = 'value_text' if key.endswith(':text') else 'value_number' %}
        {%- set picked = "case when policy.policy_key = '" ~ name ~ "' then policy." ~ kind ~ " end" %}
        {{ value_at_max(picked, 'policy.scope_rank') }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (select distinct {{ ([as_of] + (scopes.values() | list)) | join(', ') }} from {{ over }}) as signature
    left join {{ ref('dim_policy') }} as policy
        on
            policy.policy_key in ({% for key in keys %}'{{ key.split(':')[0] }}'{{ ', ' if not loop.last }}{% endfor %})
            and signature.{{ as_of }} >= policy.effective_from
            and signature.{{ as_of }} < policy.effective_to
            and (
                policy.scope_type = 'company'
                {%- for scope_type, column in scopes.items() %}
                or (policy.scope_type = '{{ scope_type }}' and policy.scope_id = signature.{{ column }})
                {%- endfor %}
            )
    group by
        {%- for column in [as_of] + (scopes.values() | list) %}
        signature.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
{% endmacro %}
