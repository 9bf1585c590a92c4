-- Rows of a 3PL that the validator held back, by day of the extract: single rows, and whole files of a changed schema.
with rejections as (
    select * from {{ ref('fct_row_rejection') }}
    where source = 'tpl' and held_back_by = 'validator'
),

landed_files as (
    select * from {{ ref('fct_landed_file') }}
),

final as (
    select
        rejections.instance as provider_code,
        cast(landed_files.extracted_at as date) as extracted_date,
        cast(sum(rejections.row_count) filter (where rejections.entity = 'shipment_messages') as integer)
            as held_back_row_count,
        cast(
            count(distinct rejections.landed_file) filter (
                where rejections.rule_id in ('unexpected_column', 'missing_column', 'duplicate_column')
            )
            as integer
        ) as schema_drift_count
    from rejections
    left join landed_files on rejections.landed_file = landed_files.landed_file
    group by rejections.instance, cast(landed_files.extracted_at as date)
)

select * from final
