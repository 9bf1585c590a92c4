-- Where goods get lost on their way through a site: count lines by the zone of the bin counted (else the home of the
-- goods) and the stage of handling that the cause names, else that goods of such a zone are in. Lines are not netted:
-- goods in the wrong bin are lost in one and found in another.
with lines as (
    select
        *,
        cast(date_trunc('quarter', counted_date) as date) as quarter_start_date
    from {{ ref('fct_count_result') }}
),

prices as (
    select * from {{ ref('int_lag__count_price') }}
),

homes as (
    select * from {{ ref('int_lag__shrink_home') }}
),

bins as (
    select * from {{ ref('dim_bin') }}
),

cause_words as (
    select * from {{ ref('shrink_causes') }}
),

zone_stages as (
    select * from {{ ref('zone_stages') }}
),

zones as (
    select
        location_id,
        zone,
        max(zone_type) as zone_type
    from bins
    group by location_id, zone
),

placed as (
    select
        lines.location_id,
        lines.quarter_start_date,
        coalesce(bins.zone, homes.zone, '-') as zone,
        cause_words.handling_stage as cause_stage,
        {{ kpi_shrink_amount('greatest(-lines.variance_qty, 0)', 'prices.unit_cost_amount') }} as loss_amount,
        {{ kpi_shrink_amount('greatest(lines.variance_qty, 0)', 'prices.unit_cost_amount') }} as found_amount
    from lines
    left join prices using (sku_id, location_id, counted_date)
    left join bins using (location_id, bin_code)
    left join homes using (sku_id, location_id, quarter_start_date)
    left join cause_words on lower(trim(lines.root_cause)) = cause_words.root_cause
),

final as (
    select
        placed.location_id,
        placed.zone,
        coalesce(placed.cause_stage, zone_stages.handling_stage, '-') as handling_stage,
        placed.quarter_start_date,
        count(*) as line_count,
        count(*) filter (where placed.loss_amount is null) as uncosted_count,
        cast(coalesce(sum(placed.loss_amount), 0) as decimal(24, 4)) as loss_amount,
        cast(coalesce(sum(placed.found_amount), 0) as decimal(24, 4)) as found_amount,
        cast(coalesce(sum(placed.loss_amount - placed.found_amount), 0) as decimal(24, 4)) as shrink_amount
    from placed
    left join zones using (location_id, zone)
    left join zone_stages on zones.zone_type = zone_stages.zone_type
    group by
        placed.location_id, placed.zone, coalesce(placed.cause_stage, zone_stages.handling_stage, '-'),
        placed.quarter_start_date
)

select * from final
