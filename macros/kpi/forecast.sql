{# How good forecasts are and which way they lean (capabilities 3.1 and 6.2; docs/formulas.md#forecast-accuracy, A9-A12,
   A28). Arithmetic on one row: no ref, no join. Errors are forecast less demand: above nil is over-forecast. #}

{# Weighted absolute percentage error: sum of |F - A| over sum of A, decimal(24, 6); null without demand. #}
{% macro kpi_wape_ratio(abs_error, demand) -%}
    case when {{ demand }} > 0 then {{ divide(abs_error, demand) }} end
{%- endmacro %}

{# Why a forecast error has no ratio: why none of its points could be judged, or no_demand; null when it has one. #}
{% macro kpi_wape_reason(point_count, demand, point_reason) -%}
    case
        when {{ point_count }} = 0 then {{ point_reason }}
        when {{ demand }} <= 0 then 'no_demand'
    end
{%- endmacro %}

{# Accuracy for display: 1 - WAPE, not below nil, decimal(24, 6); null without a WAPE. #}
{% macro kpi_forecast_accuracy_ratio(wape) -%}
    case when {{ wape }} is not null then cast(greatest(1 - {{ wape }}, 0) as decimal(24, 6)) end
{%- endmacro %}

{# Absolute percentage error of one point, decimal(24, 6); null without demand (A11). #}
{% macro kpi_absolute_percentage_ratio(abs_error, demand) -%}
    case when {{ demand }} > 0 then {{ divide(abs_error, demand) }} end
{%- endmacro %}

{# Mean absolute scaled error: sum of |F - A| over the sum of what a naive forecast would have erred (each point's scale:
   mean |y(t) - y(t - m)| of the months before it), decimal(24, 6); null where the scale is nil or missing. #}
{% macro kpi_mase_ratio(abs_error, scale) -%}
    case when {{ scale }} > 0 then {{ divide(abs_error, scale) }} end
{%- endmacro %}

{# Root of the mean squared error of n points, decimal(24, 6); null without a point. #}
{% macro kpi_rmse_qty(squared_error_qty, point_count) -%}
    {{ square_root(divide(squared_error_qty, point_count)) }}
{%- endmacro %}

{# Bias: signed sum of F - A over sum of A (A9, A10), decimal(24, 6); null without demand. #}
{% macro kpi_forecast_bias_ratio(error, demand) -%}
    case when {{ demand }} > 0 then {{ divide(error, demand) }} end
{%- endmacro %}

{# Tracking signal as books have it: sum of A - F over the mean absolute deviation, decimal(24, 6); null where nothing
   deviates. #}
{% macro kpi_tracking_signal(error, abs_error, point_count) -%}
    case when {{ abs_error }} > 0 then {{ divide('-(' ~ error ~ ') * ' ~ point_count, abs_error) }} end
{%- endmacro %}

{# Slope of the least-squares line through three equidistant values, per step, decimal(24, 6): the middle one has no
   weight. Null unless the two ends are known. #}
{% macro kpi_slope_of_three(first, last) -%}
    case when {{ first }} is not null and {{ last }} is not null then {{ divide(last ~ ' - ' ~ first, 2) }} end
{%- endmacro %}

{# Whether the error deteriorates over three months: the line climbs by the trigger a month, or three values rise in a
   row by enough in all (three rising values alone come one time in six by chance). Null unless all three are known. The
   slope is not rounded before it is compared. #}
{% macro kpi_is_deteriorating(first, middle, last, slope_trigger, rise_trigger) -%}
    case
        when {{ first }} is not null and {{ middle }} is not null and {{ last }} is not null
            then
                ({{ last }} - {{ first }} >= 2 * {{ slope_trigger }} and {{ last }} > {{ first }})
                or (
                    {{ middle }} > {{ first }} and {{ last }} > {{ middle }}
                    and {{ last }} - {{ first }} >= {{ rise_trigger }}
                )
    end
{%- endmacro %}

{# The trend in a word: deteriorating; improving, by the same measure the other way round; steady; null unless all three
   months are known. #}
{% macro kpi_accuracy_trend(first, middle, last, slope_trigger, rise_trigger) -%}
    case
        when {{ kpi_is_deteriorating(first, middle, last, slope_trigger, rise_trigger) }} then 'deteriorating'
        when {{ kpi_is_deteriorating(last, middle, first, slope_trigger, rise_trigger) }} then 'improving'
        when {{ first }} is not null and {{ middle }} is not null and {{ last }} is not null then 'steady'
    end
{%- endmacro %}

{# Why a bias says nothing: insufficient (fewer months than policy asks for), no_demand (neither forecast nor asked
   for), low_value (too little is at stake; an unknown cost is no reason), over_no_demand (forecast, and nothing was
   asked for: an alert); null when it can be judged. #}
{% macro kpi_bias_reason(month_count, min_months, forecast, demand, amount, min_amount) -%}
    case
        when {{ month_count }} < {{ min_months }} then 'insufficient'
        when {{ demand }} <= 0 and {{ forecast }} <= 0 then 'no_demand'
        when {{ amount }} < {{ min_amount }} then 'low_value'
        when {{ demand }} <= 0 then 'over_no_demand'
    end
{%- endmacro %}

{# Whether a bias is off limits, strictly, either way; with forecasts and no demand it always is; null where it cannot be
   judged. #}
{% macro kpi_is_biased(bias, reason, limit) -%}
    case
        when {{ reason }} = 'over_no_demand' then true
        when {{ reason }} is null then abs({{ bias }}) > {{ limit }}
    end
{%- endmacro %}

{# RED beyond a multiple of the limit, and where there is no demand at all; else AMBER; null within the limit. #}
{% macro kpi_bias_severity(bias, reason, limit, red_factor) -%}
    case
        when {{ kpi_is_biased(bias, reason, limit) }}
            then
                case
                    when {{ reason }} = 'over_no_demand' then 'RED'
                    when abs({{ bias }}) > {{ multiply(limit, red_factor) }} then 'RED'
                    else 'AMBER'
                end
    end
{%- endmacro %}

{# Unit of MASE before a point: mean |y(t) - y(t - m)| of a season of m months once there are as many such steps, else
   mean |y(t) - y(t - 1)|; decimal(24, 6), null without a step. #}
{% macro kpi_mase_scale_qty(season_sum, season_count, season_months, step_sum, step_count) -%}
    case
        when {{ season_count }} >= {{ season_months }} then {{ divide(season_sum, season_count) }}
        else {{ divide(step_sum, step_count) }}
    end
{%- endmacro %}

{# What planners add: error of the benchmark less theirs, over demand, decimal(24, 6): above nil they are closer. Null
   without demand. #}
{% macro kpi_forecast_value_added_ratio(abs_error, benchmark_abs_error, demand) -%}
    case when {{ demand }} > 0 then {{ divide(benchmark_abs_error ~ ' - ' ~ abs_error, demand) }} end
{%- endmacro %}

{# Why there is no added value: no_benchmark (nobody else forecast these points), no_demand; null when there is. #}
{% macro kpi_value_added_reason(point_count, demand) -%}
    case
        when {{ point_count }} = 0 then 'no_benchmark'
        when {{ demand }} <= 0 then 'no_demand'
    end
{%- endmacro %}

{# Who is closer: planner, benchmark or even. #}
{% macro kpi_value_added_verdict(abs_error, benchmark_abs_error) -%}
    case
        when {{ abs_error }} < {{ benchmark_abs_error }} then 'planner'
        when {{ abs_error }} > {{ benchmark_abs_error }} then 'benchmark'
        else 'even'
    end
{%- endmacro %}
