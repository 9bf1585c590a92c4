{# Which of turnover and weeks of supply leads (capability 1.2; docs/formulas.md#primary-lag-indicator, B1.2). Arithmetic
   only: no ref, no join. #}

{# Range of the season: greatest less least mean day of a calendar month, over the mean day of all; null where nothing was
   sold. decimal(24, 6). #}
{% macro kpi_season_range(greatest_daily, least_daily, mean_daily) -%}
    case when {{ mean_daily }} > 0 then {{ divide(greatest_daily ~ ' - ' ~ least_daily, mean_daily) }} end
{%- endmacro %}

{# Why a record is read by its cover whatever its season: new, slow (intermittent or lumpy demand); steady otherwise, none
   where its demand has no class yet. #}
{% macro kpi_demand_group(age_days, new_item_weeks, demand_class) -%}
    case
        when {{ age_days }} < {{ new_item_weeks }} * 7 then 'new'
        when {{ demand_class }} in ('intermittent', 'lumpy') then 'slow'
        when {{ demand_class }} in ('smooth', 'erratic') then 'steady'
        else 'none'
    end
{%- endmacro %}

{# The reason of the metric of a segment, the first that holds: new_item, slow_demand, seasonal (the range of its season
   above `season_switch`, strictly), steady. #}
{% macro kpi_primary_metric_reason(demand_group, season_range, season_switch) -%}
    case
        when {{ demand_group }} = 'new' then 'new_item'
        when {{ demand_group }} = 'slow' then 'slow_demand'
        when {{ season_range }} > {{ season_switch }} then 'seasonal'
        else 'steady'
    end
{%- endmacro %}

{# Metric that a reason asks for: turns where demand is steady, weeks of supply else. #}
{% macro kpi_primary_metric(reason) -%}
    case when {{ reason }} = 'steady' then 'turns' else 'weeks_of_supply' end
{%- endmacro %}

{# Metric that covers most stock value; turns when both cover the same. #}
{% macro kpi_executive_metric(turns_stock_amount, weeks_stock_amount) -%}
    case
        when coalesce({{ weeks_stock_amount }}, 0) > coalesce({{ turns_stock_amount }}, 0) then 'weeks_of_supply'
        else 'turns'
    end
{%- endmacro %}

{# Whether the leading metric meets its target: turns at or above theirs, weeks at or below. Stock that nothing is sold of
   does not. Null where the metric cannot be said. #}
{% macro kpi_is_primary_on_target(metric, turns, turns_target, weeks, weeks_reason, weeks_target) -%}
    case
        when {{ metric }} = 'turns' then {{ turns }} >= {{ turns_target }}
        when {{ weeks_reason }} = 'no_demand' then false
        else {{ weeks }} <= {{ weeks_target }}
    end
{%- endmacro %}
