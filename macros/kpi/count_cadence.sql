{# How often to count, and how often to take counts in (capability 2.5; docs/formulas.md#count-cadence). Arithmetic on
   one row: no ref, no join. Amounts are in company currency. #}

{# Days to the power b, what the expected error of a record grows with. decimal(18, 8): elementwise, never an aggregate.
   Null without either. #}
{% macro kpi_decay_days(elapsed_days, exponent) -%}
    {{ fixed_from_float('pow(cast((' ~ elapsed_days ~ ') as double), cast((' ~ exponent ~ ') as double))') }}
{%- endmacro %}

{# a of m(t) = a x t^b, the expected absolute error in money of a record t days after its count: sum of errors over sum
   of t^b, so that it rolls up. decimal(24, 6); null when nothing was counted twice. #}
{% macro kpi_decay_rate(error_amount, decay_days) -%}
    {{ divide(error_amount, decay_days) }}
{%- endmacro %}

{# Mean error in money of so many records that are counted every `count_days` days: the mean of m over the cycle,
   a x days^b / (b + 1). decimal(24, 4). #}
{% macro kpi_expected_error(record_count, decay_rate, decay_days, exponent) -%}
    {%- set error_of_one = product(decay_rate, decay_days) -%}
    {%- set parts = '1 + (' ~ exponent ~ ')' -%}
    {{ divide(product(record_count, error_of_one), parts, 4) }}
{%- endmacro %}

{# Cost of counting so many records every `count_days` days for a year. decimal(24, 4). #}
{% macro kpi_counting_cost(record_count, count_cost, count_days) -%}
    {%- set year_amount = multiply(record_count, '365 * (' ~ count_cost ~ ')') -%}
    {{ divide(year_amount, count_days, 4) }}
{%- endmacro %}

{# Counts of a record a year. decimal(24, 2). #}
{% macro kpi_counts_per_year(count_days) -%}
    {{ divide(365, count_days, 2) }}
{%- endmacro %}

{# Cost a day of taking counts in every `minutes` minutes. decimal(24, 6). #}
{% macro kpi_ingest_cost(ingest_cost, minutes) -%}
    {{ divide('1440 * (' ~ ingest_cost ~ ')', minutes) }}
{%- endmacro %}

{# Cost a day of errors that were counted and not taken in yet: on average half an interval's worth of them waits.
   error_per_day: money found wrong a day; yearly_rate: what a unit of wrong money costs a year. decimal(24, 6). #}
{% macro kpi_waiting_cost(error_per_day, yearly_rate, minutes) -%}
    {%- set yearly_cost = product(error_per_day, yearly_rate) -%}
    {{ divide(yearly_cost ~ ' * (' ~ minutes ~ ')', '2 * 365 * 1440') }}
{%- endmacro %}

{# Most rows that come in within one hour when counts are taken in every `minutes` minutes: those of the busiest hour
   while an interval is shorter, then as many of them as hours, but no more than the busiest day has; beyond a day as
   many busiest days. decimal(24, 4). #}
{% macro kpi_ingest_rows(busiest_hour_count, busiest_day_count, minutes) -%}
    greatest(
        least(
            {{ divide('greatest(' ~ minutes ~ ', 60) * cast((' ~ busiest_hour_count ~ ') as decimal(18, 4))', 60, 4) }},
            cast(({{ busiest_day_count }}) as decimal(24, 4))
        ),
        {{ divide('(' ~ minutes ~ ') * cast((' ~ busiest_day_count ~ ') as decimal(18, 4))', 1440, 4) }}
    )
{%- endmacro %}

{# Records to count at random so that their share p of right ones is known to +- e: z2 p (1 - p) / e2, corrected for the
   finite number of them, rounded up. bigint; null without records, as many as there are at most. #}
{% macro kpi_count_sample_size(record_count, accuracy, error, z) -%}
    {%- set z_squared = 'cast((' ~ z ~ ') * (' ~ z ~ ') as decimal(18, 6))' -%}
    {%- set spread = 'cast((' ~ accuracy ~ ') * (1 - (' ~ accuracy ~ ')) as decimal(18, 6))' -%}
    {%- set unbounded -%}
        {{ divide(z_squared ~ ' * ' ~ spread, 'cast((' ~ error ~ ') * (' ~ error ~ ') as decimal(18, 6))') }}
    {%- endset -%}
    case
        when {{ record_count }} > 0
            then cast(
                ceil({{ divide(
                    product(record_count, unbounded), '(' ~ unbounded ~ ') + (' ~ record_count ~ ') - 1'
                ) }}) as bigint
            )
    end
{%- endmacro %}
