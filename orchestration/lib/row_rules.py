"""SQL that types a raw row and checks it against its contract: the row rules, as expressions.

Here: which values of a source type fit a contract type without loss, and which rules a row can break. Not here: reading
files (file_rules.py), running the SQL and keeping account (validator.py).

A value fits or it does not; nothing is rounded, clipped or guessed. Text is a number only in plain notation (no
thousands separator, no exponent), an instant only as ISO 8601 (without a zone it is UTC; a date alone is its midnight).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestration.lib.contracts import Column, Contract
from orchestration.lib.sql import ident, literal

# Clocks of handhelds and of the host that writes the extract differ by seconds to minutes; a wrong date or time zone is
# off by an hour at least. Ten minutes lie between: an honest skew passes, a wrong zone or a typed date does not.
CLOCK_SKEW = timedelta(minutes=10)

# No line of a document, count or movement says a thousand million units, no unit holds a hundred thousand of another:
# such a number is a barcode, a date or an amount in the wrong field. Below both, its base units fit their type.
LARGEST_QUANTITY = 1_000_000_000
LARGEST_FACTOR = 100_000

RAW = "raw:"  # prefix of the untyped copy of a column; contract columns cannot contain a colon
_BLANKS = r"e' \t\r\n'"
_INTEGERS = {
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
}
_HINTS = {
    "varchar": "send it as text",
    "integer": "send a plain whole number",
    "bigint": "send a plain whole number",
    "boolean": "send true or false",
    "date": "send YYYY-MM-DD",
    "timestamp": "send ISO 8601 such as 2026-03-01T06:00:00Z",
}


@dataclass(frozen=True)
class RowRule:
    """One rule a row can break: its name, the SQL that is true when it is broken, and the SQL text that says how."""

    name: str
    broken: str
    message: str


def typed_columns(contract: Contract, file_types: dict[str, str]) -> dict[str, str]:
    """Contract column -> SQL expression of its contract type over the raw column; null where the value does not fit.

    file_types: column -> DuckDB type as found in the file; a contract column that the file lacks becomes null.
    """
    return {
        c.name: _typed(c, file_types[c.name], _present(c.name, file_types[c.name]))
        if c.name in file_types
        else f"cast(null as {c.data_type})"
        for c in contract.columns
    }


def row_rules(contract: Contract, file_types: dict[str, str], extracted_at: datetime) -> list[RowRule]:
    """All rules over a row that carries the typed columns and, as `raw:<name>`, the columns of the file.

    In the order in which they are reported: types, required columns, numbers too large, the contract's own rules, the
    future.
    """
    rules = []
    for column in contract.columns:
        if column.name in file_types:
            present = _present(RAW + column.name, file_types[column.name])
            shown = f"'''' || left(replace({ident(RAW + column.name)}::varchar, chr(0), '\\0'), 80) || ''''"
            rules.append(
                RowRule(
                    f"type:{column.name}",
                    f"{present} is not null and {ident(column.name)} is null",
                    f"{shown} || {literal(f' is no {column.data_type} in {column.name} ({_hint(column)})')}",
                )
            )
    for column in contract.columns:
        if column.required:
            value = (
                _present(RAW + column.name, file_types[column.name], blank=True)
                if column.name in file_types
                else "null"
            )
            text = f"{column.name} is empty (it is required: fill it in)"
            rules.append(RowRule(f"required:{column.name}", f"{value} is null", literal(text)))
    for column in contract.columns:
        largest = _largest(column)
        if largest:
            text = (
                f" in {column.name} has {largest:,} or more, whatever its sign (correct it: is it a barcode, a date or "
                f"an amount that belongs elsewhere?)"
            )
            value = ident(column.name)
            rules.append(
                RowRule(f"large:{column.name}", f"abs({value}) >= {largest}", f"{value}::varchar || {literal(text)}")
            )
    for rule in contract.rules:
        text = f"rule {rule.name} of the contract does not hold: {' '.join(rule.expression.split())}"
        rules.append(RowRule(f"rule:{rule.name}", f"not ({rule.expression})", literal(text)))
    if contract.event_time:
        limit = literal(extracted_at + CLOCK_SKEW)
        minutes = int(CLOCK_SKEW.total_seconds() // 60)
        text = (
            f" in {contract.event_time} lies more than {minutes} minutes after the batch was extracted "
            f"({extracted_at.isoformat()}Z): check clock and time zone of the source"
        )
        value = ident(contract.event_time)
        rules.append(
            RowRule(f"future:{contract.event_time}", f"{value} > {limit}", f"{value}::varchar || {literal(text)}")
        )
    return rules


def _largest(column: Column) -> int | None:
    """The number below which a quantity or a factor between units must stay; None for a column that is neither."""
    if not column.decimal:
        return None
    if column.name.endswith("_qty") or column.name == "qty":
        return LARGEST_QUANTITY
    return LARGEST_FACTOR if column.name.startswith("factor_to_") else None


def _present(name: str, source: str, *, blank: bool = False) -> str:
    """The raw value, or null where there is none: CSV cannot tell an empty text from a missing one, so neither do we.

    blank: text of white space alone counts as missing too, as it does for required columns.
    """
    value = ident(name)
    if source == "VARCHAR" and blank:
        return f"nullif(trim({value}, {_BLANKS}), '')"
    return f"nullif({value}, '')" if source == "VARCHAR" else value


def _typed(column: Column, source: str, value: str) -> str:
    target = column.data_type
    if target == "varchar":
        fits = source in _INTEGERS or source in ("VARCHAR", "UUID") or source.startswith("ENUM")
        return f"cast({value} as varchar)" if fits else "cast(null as varchar)"
    if source == "VARCHAR":
        return _from_text(column, f"trim({value}, {_BLANKS})")
    if column.decimal:
        return _to_decimal(target, source, value)
    converted = f"try_cast({value} as {target})"
    if target in ("integer", "bigint"):
        if source in _INTEGERS:
            return converted
        if source in ("FLOAT", "DOUBLE") or source.startswith("DECIMAL"):
            return _when(f"{value} = round({value}, 0)", converted)
    if target == "boolean":
        if source == "BOOLEAN":
            return converted
        if source in _INTEGERS:
            return _when(f"{value} in (0, 1)", converted)
    if target in ("date", "timestamp") and (source == "DATE" or source.startswith("TIMESTAMP")):
        instant = f"cast({value} as timestamptz) at time zone 'UTC'" if source.endswith("TIME ZONE") else value
        converted = f"try_cast({instant} as {target})"
        return _when(f"isfinite({value}) and {converted} = {instant}", converted)
    return f"cast(null as {target})"


def _to_decimal(target: str, source: str, value: str) -> str:
    converted = f"try_cast({value} as {target})"
    if source in _INTEGERS:
        return converted
    if source.startswith("DECIMAL"):
        return _when(f"{converted} = {value}", converted)
    if source in ("FLOAT", "DOUBLE"):
        # A binary fraction is never exactly 12.34: what counts is that the decimal is the number that was meant.
        tolerance = "1e-12" if source == "DOUBLE" else "1e-6"
        return _when(f"abs({converted}::double - {value}) <= {tolerance} * greatest(1, abs({value}))", converted)
    return f"cast(null as {target})"


def _from_text(column: Column, value: str) -> str:
    target = column.data_type
    converted = f"try_cast({value} as {target})"
    if column.decimal:
        scale = column.decimal[1]
        digits = rf"[+-]?([0-9]+\.?[0-9]{{0,{scale}}}0*|\.[0-9]{{1,{max(scale, 1)}}}0*)"
        return _when(f"regexp_full_match({value}, {literal(digits)})", converted)
    if target in ("integer", "bigint"):
        return _when(f"regexp_full_match({value}, {literal(r'[+-]?[0-9]+([.]0*)?')})", converted)
    if target == "boolean":
        return _when(f"lower({value}) in ('true', 'false', '1', '0')", f"lower({value}) in ('true', '1')")
    day = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    if target == "date":
        midnight = r"([ T]00:00(:00([.]0+)?)?)?"
        return _when(
            f"regexp_full_match({value}, {literal(day + midnight)})", f"try_cast(left({value}, 10) as {target})"
        )
    clock = r"([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6}0*)?)?( ?(Z|[+-][0-9]{2}(:?[0-9]{2})?))?)?"
    instant = f"try_cast({value} as timestamptz) at time zone 'UTC'"
    return _when(f"regexp_full_match({value}, {literal(day + clock)})", instant)


def _when(condition: str, value: str) -> str:
    return f"case when {condition} then {value} end"


def _hint(column: Column) -> str:
    if column.decimal:
        return f"send a plain number with a point and at most {column.decimal[1]} decimals, no thousands separator"
    return _HINTS[column.data_type]
