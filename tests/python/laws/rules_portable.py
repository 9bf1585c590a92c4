"""Law 6: one dialect outside macros/portable, and no row lost by a join on the way in.

Here: words of DuckDB alone, inner joins of unified. Not here: division and rounding (rules_arithmetic.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from laws.law import law
from laws.project import Project
from laws.sql_text import line_of, scan, uncommented

_DUCKDB_ONLY = re.compile(
    r"\b(?:quantile_disc|quantile|max_by|min_by|arg_max|arg_min|date_diff|datediff|date_sub|date_add|to_years|to_months"
    r"|to_weeks|to_days|to_hours|to_minutes|to_seconds|unnest|generate_series|hash|strftime|strptime|epoch\w*"
    r"|regexp_matches|regexp_full_match|regexp_extract_all|list_\w+|array_agg|struct_pack|string_agg|any_value"
    r"|make_timestamp|time_bucket|timezone|columns|try_strptime)\s*\("
    r"|\bregexp_replace\s*\([^()]*,[^()]*,[^()]*,"
    r"|::|\b(?:hugeint|utinyint|usmallint|uinteger|ubigint|uhugeint)\b|\b(?:asof|positional|semi|anti)\s+join\b"
    r"|\bqualify\b|\bpivot\b|\bunpivot\b|\*\s*(?:exclude|replace|rename)\b|\bextract\s*\(\s*(?:isodow|isoyear|epoch)\b"
    r"|\bignore\s+nulls\b|\bas\s+varchar\s*\)|\bgroup\s+by\s+all\b|\border\s+by\s+all\b|\busing\s+sample\b",
    re.IGNORECASE,
)

_TYPE_OF_BOTH = re.compile(
    r"varchar|date|timestamp|boolean|smallint|integer|bigint|double|decimal\((?:[1-9]|[12]\d|3[0-8]), ?\d+\)"
)

_QUOTE_IN_TEXT = re.compile(r"\w''\w+")

_INNER_JOIN = re.compile(
    r"(?<!\bleft )(?<!\bcross )(?<!\bfull )(?<!\bouter )\b(?:inner |semi |right )?join\s+\w+(?:\s+as\s+\w+)?"
)


@law
def duckdb_words_stay_in_portable(project: Project) -> Iterator[str]:
    """What only DuckDB understands stands in macros/portable, dispatched, so that the project builds on Spark."""
    for path, raw in project.code_files.items():
        for line, words in scan(_DUCKDB_ONLY, raw, project.fragments("duckdb_words_stay_in_portable", path)):
            yield f"{path}:{line}: `{words}` is DuckDB's own; call a shim of macros/portable"
        for found in _QUOTE_IN_TEXT.finditer(uncommented(raw)):
            line = line_of(raw, found.start())
            yield f"{path}:{line}: `{found.group()}`: Spark keeps both quotes; write no quote in a text"


@law
def contracts_have_types_of_both_engines(project: Project) -> Iterator[str]:
    """A contract's types exist on Spark too: no integer beyond 64 bits, no unsigned one, no list, no struct; a decimal
    says its digits, at most 38."""
    for model in project.models.values():
        for name, column in model.columns.items():
            kind = (column.get("data_type") or "").lower()
            if kind and not _TYPE_OF_BOTH.fullmatch(kind):
                yield f"{model.yaml}: column {name} is {kind}, which Spark lacks; take a bigint, a decimal or text"


@law
def macros_of_portable_are_dispatched(project: Project) -> Iterator[str]:
    """macros/portable holds at most 10 shims that dispatch, each with a default and a body for Spark."""
    shims = [m for m in project.macros.values() if "adapter.dispatch(" in m.sql]
    for macro in shims:
        if not macro.path.startswith("macros/portable/"):
            yield f"{macro.path}: {macro.name} dispatches; shims lie in macros/portable"
        if f"default__{macro.name}" not in project.macros:
            yield f"{macro.path}: {macro.name} has no default__{macro.name}; write what DuckDB does"
        if f"spark__{macro.name}" not in project.macros:
            yield f"{macro.path}: {macro.name} has no spark__{macro.name}; write what Spark does (docs/decisions/0030)"
    if len(shims) > 10:
        yield f"macros/portable/: {len(shims)} shims, over 10; do without one of {', '.join(m.name for m in shims)}"


@law
def no_row_is_joined_away_on_the_way_in(project: Project) -> Iterator[str]:
    """staging and unified lose no row: a left join keeps unknown members, and each inner join is listed with the reason
    why it drops nothing."""
    for model in project.models.values():
        if model.layer in ("staging", "unified"):
            fragments = project.fragments("no_row_is_joined_away_on_the_way_in", model.path)
            for line, words in scan(_INNER_JOIN, model.sql, fragments):
                yield f"{model.path}:{line}: `{words}` can drop rows; left join, or list why it drops none"
