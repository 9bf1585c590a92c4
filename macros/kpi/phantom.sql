{# Chance that goods on record are not on the shelf (capability 2.2; docs/formulas.md#phantom). Arithmetic on one row: no ref,
   no join. The floats are of one row and rounded at once. #}

{# Demand occasions of an open day: those seen, with so many of policy's added to both sides, so that goods nobody has
   asked for yet have a rate as well. decimal(24, 8). #}
{% macro kpi_occasion_rate(occasion_count, open_day_count, prior_count, prior_days) -%}
    {{ divide('(' ~ occasion_count ~ ') + (' ~ prior_count ~ ')', '(' ~ open_day_count ~ ') + (' ~ prior_days ~ ')', 8) }}
{%- endmacro %}

{# How peers have sold in a run of days beside what they sold before, drawn towards 1 by `weight` occasions and no more
   than `max_ratio`: (run + weight) / (expected + weight), expected = base x run days / base days. decimal(24, 6); 1
   without days before. #}
{% macro kpi_peer_ratio(run_count, run_days, base_count, base_days, weight, max_ratio) -%}
    {%- set expected = divide('cast(' ~ base_count ~ ' as decimal(18, 0)) * (' ~ run_days ~ ')', base_days) -%}
    least(
        coalesce({{ divide('(' ~ run_count ~ ') + (' ~ weight ~ ')', expected ~ ' + (' ~ weight ~ ')') }}, 1),
        {{ max_ratio }}
    )
{%- endmacro %}

{# Occasions that came after a record turned phantom, expected of one that did so in `days` days of silence at `rate` a
   day: r t - 1 + r t e^-rt / (1 - e^-rt). decimal(18, 6); nil without days or rate. #}
{% macro kpi_missed_occasions(rate, days) -%}
    {%- set x = 'cast(' ~ multiply(rate, days) ~ ' as double)' -%}
    case
        when ({{ rate }}) * ({{ days }}) > 0
            then greatest({{ fixed_from_float(
                x ~ ' - 1 + ' ~ x ~ ' * exp(-' ~ x ~ ') * pow(1 - exp(-' ~ x ~ '), -1)', 6
            ) }}, 0)
        else 0
    end
{%- endmacro %}

{# Share of picks at an empty shelf that are reported: those reported of those missed, drawn towards `prior` by `weight`
   missed ones, and no more than `max_ratio`: nobody reports all. decimal(24, 6). #}
{% macro kpi_report_ratio(report_count, missed_count, prior, weight, max_ratio) -%}
    least(
        {{ divide(
            '(' ~ report_count ~ ') + cast((' ~ prior ~ ') * (' ~ weight ~ ') as decimal(18, 6))',
            '(' ~ missed_count ~ ') + (' ~ weight ~ ')'
        ) }},
        {{ max_ratio }}
    )
{%- endmacro %}

{# Log odds that a record turned phantom at hazard h a day and has been silent since, against its being there and not
   asked for [own design]: after t = `days` of silence at r unreported occasions a day, if it turned within the first
   u = `onset_days` of them (those before the first pick that failed; all where none did), with k = h + r,
     ln( h / k (1 - e^-ku) / e^-kt )
   The rate is known as well as its occasions allow: three points r e^(-s sqrt 3), r, r e^(s sqrt 3) with weights 1, 4, 1
   (Gauss-Hermite), s^2 = log_sd^2 + 1 / (1 + occasions), are summed above and below. No more than `max_log_odds`, since
   nobody is as sure of a rate as e^-rt is. decimal(18, 6); without days as little as `max_log_odds` allows; null unless
   h > 0. #}
{% macro kpi_silence_log_odds(rate, days, onset_days, hazard, log_sd, occasion_count, max_log_odds) -%}
    {%- set h = 'cast(' ~ hazard ~ ' as double)' -%}
    {%- set spread = 'sqrt(3 * (pow(cast(' ~ log_sd ~ ' as double), 2) + pow(1 + ' ~ occasion_count ~ ', -1)))' -%}
    {%- set sums = namespace(gone='0', there='0') -%}
    {%- for step, weight in [('-', 1), ('0 * ', 4), ('', 1)] -%}
        {%- set pace = '(' ~ h ~ ' + cast(' ~ rate ~ ' as double) * exp(' ~ step ~ spread ~ '))' -%}
        {%- set turned = '(1 - exp(-least(' ~ pace ~ ' * ' ~ onset_days ~ ', 100)))' -%}
        {%- set sums.gone = sums.gone ~ ' + ' ~ weight ~ ' * ' ~ h ~ ' * pow(' ~ pace ~ ', -1) * ' ~ turned -%}
        {%- set sums.there = sums.there ~ ' + ' ~ weight ~ ' * exp(-least(' ~ pace ~ ' * ' ~ days ~ ', 100))' -%}
    {%- endfor -%}
    case
        when {{ hazard }} > 0 and {{ onset_days }} > 0
            then least(greatest({{ fixed_from_float('ln(' ~ sums.gone ~ ') - ln(' ~ sums.there ~ ')', 6) }},
                -({{ max_log_odds }})), {{ max_log_odds }})
        when {{ hazard }} > 0 then cast(-({{ max_log_odds }}) as decimal(18, 6))
    end
{%- endmacro %}

{# How small the quantity on record is beside what one customer takes: ln((order + 1) / (record + 1)), the larger the
   lower the record. decimal(18, 6); a record below nought counts as nil, and so does an order that was taken back; one
   never seen counts as one unit. #}
{% macro kpi_low_record(on_hand_qty, order_qty) -%}
    {{ fixed_from_float(
        'ln(cast(1 + greatest(coalesce(' ~ order_qty ~ ', 1), 0) as double))'
        ~ ' - ln(cast(1 + greatest(' ~ on_hand_qty ~ ', 0) as double))', 6
    ) }}
{%- endmacro %}

{# The signs that are weighed, in the order in which they are added up. #}
{% macro kpi_phantom_signs() -%}
    {{ return([
        'silence_rate', 'agreed_rate', 'short_rate', 'missing_rate', 'failed_again_rate', 'low_rate', 'negative_rate',
        'miss_rate', 'empty_rate', 'uncounted_rate', 'targeted_rate',
    ]) }}
{%- endmacro %}

{# Log odds of a record: what holds without a sign, and each sign times its weight. A decimal. #}
{% macro kpi_phantom_log_odds(base, signs, weights) -%}
    {{ base }}
    {%- for name in kpi_phantom_signs() %}
        + cast({{ signs }}.{{ name }} * {{ weights }}.{{ name }} as decimal(18, 6))
    {%- endfor %}
{%- endmacro %}

{# Hazard of a class at a site, phantoms per record and open day: policy's, times e to what counts added to its
   logarithm. decimal(18, 8). #}
{% macro kpi_phantom_hazard(prior_hazard, log_factor) -%}
    {{ fixed_from_float(
        'cast(' ~ prior_hazard ~ ' as double) * exp(cast(' ~ log_factor ~ ' as double))', 8
    ) }}
{%- endmacro %}

{# Margin on the demand that a phantom would go on blocking: a day's demand for the days that a record goes on unnoticed,
   but no more than it promises, times the margin of a unit. decimal(24, 4); null without price or cost, nil for a
   negative margin. #}
{% macro kpi_blocked_margin(on_hand_qty, mean_daily_qty, block_days, unit_margin) -%}
    {{ product(
        'greatest(least(' ~ on_hand_qty ~ ', cast((' ~ mean_daily_qty ~ ') * (' ~ block_days ~ ') as decimal(18, 4))), 0)',
        'cast(case when ' ~ unit_margin ~ ' < 0 then 0 else ' ~ unit_margin ~ ' end as decimal(12, 6))', 4
    ) }}
{%- endmacro %}

{# What counting a record is worth: chance of a phantom x (stock believed in + margin that it blocks), less the cost of a
   count. decimal(24, 4), negative where a count costs more than it brings; null without a cost. #}
{% macro kpi_count_value(probability, on_hand_amount, margin_amount, count_cost) -%}
    {{ fixed(
        'cast((cast(' ~ on_hand_amount ~ ' as decimal(20, 4)) + (' ~ margin_amount ~ ')) * cast(' ~ probability
        ~ ' as decimal(9, 6)) as decimal(24, 6)) - (' ~ count_cost ~ ')'
    ) }}
{%- endmacro %}
