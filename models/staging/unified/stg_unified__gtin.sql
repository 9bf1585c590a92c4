{{ config(materialized='table') }}
-- What a text in a GTIN's place says. A UPC-E whose check digit fits is expanded first, as readers of bar codes do.
with items as (
    select * from {{ ref('stg_erp__items') }}
),

item_uoms as (
    select * from {{ ref('stg_erp__item_uoms') }}
),

restricted_prefixes as (
    select * from {{ ref('gtin_restricted_prefixes') }}
),

texts as (
    select gtin from items
    where gtin is not null

    union

    select gtin from item_uoms
    where gtin is not null
),

padded as (
    select
        gtin,
        {{ gtin14('gtin') }} as plain_gtin14,
        {{ gtin14(upc_a_of_upc_e('gtin')) }} as expanded_gtin14
    from texts
),

chosen as (
    select
        gtin,
        case
            when {{ is_gtin_check_digit_right('expanded_gtin14') }} then expanded_gtin14
            else plain_gtin14
        end as gtin14
    from padded
),

judged as (
    select
        chosen.*,
        case
            when chosen.gtin14 is null then 'wrong_length'
            when not {{ is_gtin_check_digit_right('chosen.gtin14') }} then 'wrong_check_digit'
            when restricted_prefixes.gs1_prefix is not null or not {{ is_global_gtin14('chosen.gtin14') }}
                then 'restricted_prefix'
            else 'valid'
        end as gtin_status
    from chosen
    left join restricted_prefixes on substr(chosen.gtin14, 2, 2) = restricted_prefixes.gs1_prefix
),

final as (
    select
        gtin,
        gtin14,
        gtin_status,
        case when gtin_status = 'valid' then gtin14 end as global_gtin14
    from judged
)

select * from final
