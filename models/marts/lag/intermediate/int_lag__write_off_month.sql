-- Net write-offs of every roll-up and month. The scopes come from the masters: a posting may name goods that never
-- moved.
with write_off_lines as (
    select * from {{ ref('int_lag__write_off_line') }}
),

stock_months as (
    select * from {{ ref('int_lag__stock_value_month') }}
    where value_days is null
),

skus as (
    select * from {{ ref('dim_sku') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

placed as (
    select
        write_off_lines.*,
        skus.category,
        locations.division_code as owner_division_code,
        locations.company_code,
        locations.region_id,
        stock_months.sku_id is not null as is_uncosted
    from write_off_lines
    inner join skus using (sku_id)
    inner join locations using (location_id)
    left join stock_months using (sku_id, location_id, month_start_date)
),

scoped as (
    {%- for scope_type, scope_id in {
        'sku': 'sku_id', 'category': 'category', 'location': 'location_id', 'region': 'region_id',
        'division': 'owner_division_code', 'company': 'company_code'
    }.items() %}
    select
        *,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id
    from placed
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        {%- for measure, condition in {
            'gross_write_off': "write_off_kind = 'write_off' and not is_reversal",
            'gross_write_down': "write_off_kind = 'write_down' and not is_reversal",
            'net_write_off': 'not is_uncosted',
            'obsolete': "not is_uncosted and reason in ('expired', 'obsolete')",
            'uncosted_write_off': 'is_uncosted',
        }.items() %}
        cast(coalesce(sum(net_amount) filter (where {{ condition }}), 0) as decimal(24, 4)) as {{ measure }}_amount,
        {%- endfor %}
        cast(coalesce(-sum(net_amount) filter (where is_reversal), 0) as decimal(24, 4)) as counted_reversal_amount,
        cast(coalesce(sum(disallowed_amount), 0) as decimal(24, 4)) as disallowed_amount,
        cast(count(*) filter (where net_amount is null) as integer) as unrated_count
    from scoped
    group by scope_type, scope_id, month_start_date
)

select * from final
