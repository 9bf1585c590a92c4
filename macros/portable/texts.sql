{# Shims for texts: likeness, words in order, and Unicode forms, which no two engines spell alike. #}

{# One text made of others, by `kind`:
     similarity       Jaro-Winkler similarity of x and y, 0 to 1: a float of one row, to be rounded by fixed_from_float
     composed         x in Unicode's form C (canonical composition)
     upper            x in upper case, letter by letter: the sharp s has a capital of its own
     plain_words      the words of x without digits: accents off, upper case, each once, in alphabetical order
     one_spaced       x with each run of white space made one space
     numbers          the runs of digits of x, as they stand there
     code_point       number of the first character of x
     matches          whether the regular expression y is found in x: a boolean
     joined           aggregate: the texts x of a group behind one another in the order of y #}
{% macro text_of(kind, x, y=none) -%}
    {{ return(adapter.dispatch('text_of', 'leadlag')(kind, x, y)) }}
{%- endmacro %}
{% macro default__text_of(kind, x, y=none) -%}
    {%- if kind == 'similarity' -%}
    jaro_winkler_similarity({{ x }}, {{ y }})
    {%- elif kind == 'composed' -%}
    nfc_normalize({{ x }})
    {%- elif kind == 'upper' -%}
    upper({{ x }})
    {%- elif kind == 'plain_words' -%}
    nullif(
        array_to_string(list_sort(list_distinct(regexp_extract_all(upper(strip_accents({{ x }})), '\p{L}+'))), ' '), ''
    )
    {%- elif kind == 'one_spaced' -%}
    regexp_replace({{ x }}, '\s+', ' ', 'g')
    {%- elif kind == 'numbers' -%}
    array_to_string(regexp_extract_all({{ x }}, '\p{N}+'), ' ')
    {%- elif kind == 'matches' -%}
    regexp_matches({{ x }}, {{ y }})
    {%- elif kind == 'code_point' -%}
    unicode({{ x }})
    {%- elif kind == 'joined' -%}
    string_agg({{ x }}, '' order by {{ y }})
    {%- endif -%}
{%- endmacro %}
{# Spark calls what its own class path holds: ICU for Unicode. It has no likeness of texts, and makes two letters of a sharp s. #}
{% macro spark__text_of(kind, x, y=none) -%}
    {%- if kind == 'similarity' -%}
    {{ '' if not execute else exceptions.raise_compiler_error('Spark has no Jaro-Winkler similarity: docs/decisions/0030') }}
    {%- elif kind == 'composed' -%}
    case when {{ x }} is not null then reflect('com.ibm.icu.text.Normalizer', 'compose', {{ x }}, false) end
    {%- elif kind == 'upper' -%}
    upper(replace({{ x }}, 'ß', 'ẞ'))
    {%- elif kind == 'plain_words' -%}
    nullif(array_join(array_sort(array_distinct(regexp_extract_all(
        upper(replace(regexp_replace(
            case when {{ x }} is not null then reflect('com.ibm.icu.text.Normalizer', 'decompose', {{ x }}, false) end,
            '\p{M}+', ''
        ), 'ß', 'ẞ')), '\p{L}+', 0
    ))), ' '), '')
    {%- elif kind == 'one_spaced' -%}
    regexp_replace({{ x }}, '[\t\n\f\r ]+', ' ')
    {%- elif kind == 'numbers' -%}
    array_join(regexp_extract_all({{ x }}, '\p{N}+', 0), ' ')
    {%- elif kind == 'matches' -%}
    regexp_like({{ x }}, {{ y }})
    {%- elif kind == 'code_point' -%}
    ascii({{ x }})
    {%- elif kind == 'joined' -%}
    listagg({{ x }}, '') within group (order by {{ y }})
    {%- endif -%}
{%- endmacro %}
