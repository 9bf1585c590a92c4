{# Three sides of a stock record and what keeps them apart (capability 2.1; docs/formulas.md#reconciliation, B2.1).
   Arithmetic on one row: no ref, no join. The tolerance is in stock_record.sql. #}

{# Which of ERP, ledger and WMS bins says what no other says: none, erp, wms, ledger, all (no two agree), or unknown where
   the WMS told no bins. The arguments: whether the ledger agrees with the ERP, the bins with the ledger (null: no bins),
   and the bins with the ERP. #}
{% macro kpi_side_alone(is_matched, is_bin_matched, is_erp_bin_matched) -%}
    case
        when {{ is_bin_matched }} is null then case when {{ is_matched }} then 'none' else 'unknown' end
        when {{ is_matched }} and {{ is_bin_matched }} then 'none'
        when {{ is_bin_matched }} then 'erp'
        when {{ is_matched }} then 'wms'
        when {{ is_erp_bin_matched }} then 'ledger'
        else 'all'
    end
{%- endmacro %}

{# Whether a class says that both sides are right about the goods and speak of different things: such a break is no error
   of the record. #}
{% macro kpi_is_explained_break(break_class) -%}
    {{ break_class }} in ('opening_balance', 'timing', 'in_transit', 'ownership', 'status_mismatch')
{%- endmacro %}

{# Which leg of a transfer nobody told: in, out, or null when both came, whole or in part. #}
{% macro kpi_missing_leg(shipped_qty, received_qty) -%}
    case
        when {{ shipped_qty }} <> 0 and {{ received_qty }} = 0 then 'in'
        when {{ shipped_qty }} = 0 and {{ received_qty }} <> 0 then 'out'
    end
{%- endmacro %}

{# What the ERP has promised beyond what the ledger already holds as reserved: a part of the free stock, never more than
   it and never negative. decimal(18, 4). #}
{% macro kpi_promised_qty(erp_reserved_qty, ledger_reserved_qty, available_qty) -%}
    cast(
        least(
            greatest(coalesce({{ erp_reserved_qty }}, 0) - coalesce({{ ledger_reserved_qty }}, 0), 0),
            greatest(coalesce({{ available_qty }}, 0), 0)
        ) as decimal(18, 4)
    )
{%- endmacro %}

{# Gross difference as a share of the value on the books; null without value on the books. decimal(24, 6). #}
{% macro kpi_gross_variance_ratio(gross_amount, book_amount) -%}
    {{ divide(gross_amount, book_amount) }}
{%- endmacro %}
