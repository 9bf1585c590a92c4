"""Laws 2, 3, 7 and 10: numbers are policy, arithmetic is exact, division and rounding have one place.

Here: rules over numbers and operators in models and macros. Not here: the policy rows themselves (rules_policy.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from laws.law import law
from laws.project import Project
from laws.sql_text import calls, flat, line_of, scan, uncommented, without

_NUMBER = re.compile(r"(?<![\w.])(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?(?!\w)", re.IGNORECASE)
_TYPE = re.compile(r"\b(?:decimal|numeric|varchar)\s*\(\s*\d+\s*(?:,\s*\d+\s*)?\)", re.IGNORECASE)
_POSITIONS = re.compile(r"\b(?:group|order)\s+by\s+\d+(?:\s*,\s*\d+)*")
_TYPE_ARGUMENTS = {"divide": (2,), "fixed": (1, 2), "product": (2, 3), "round": (1,)}
_DATE = re.compile(r"\b(?:date|timestamp)\s+'([^'{]*)'|cast\(\s*'(\d{4}-[^']*)'", re.IGNORECASE)
_OPEN_ENDS = {"1900-01-01", "1970-01-01", "9999-12-31"}
_FLOAT_TYPE = re.compile(r"(?:\bas\s+|::\s*)(?:double|float|real|float4|float8)\b", re.IGNORECASE)
_FLOAT_AGGREGATE = re.compile(
    r"\b(?:avg|favg|fsum|mean|sumkahan|kahan_sum|stddev\w*|var_pop|var_samp|variance|covar_\w+|corr|median|mad"
    r"|quantile|quantile_cont|percentile\w*|percent_rank|cume_dist|approx_\w+|regr_\w+|kurtosis\w*|skewness|entropy"
    r"|geomean|geometric_mean)\s*\(",
    re.IGNORECASE,
)
_FLOAT_FUNCTION = re.compile(r"\b(?:exp|ln|log|log2|log10|sqrt|cbrt|pow|power|gamma|lgamma)\s*\(", re.IGNORECASE)
_ROUND = re.compile(r"\b(?:round|round_even|roundbankers|bround|trunc)\s*\(", re.IGNORECASE)
_DIVISION = re.compile(r"//?|\bdiv\b")
_IN_FORMULA = re.compile(r"\b(?:ref|source|join|select|from)\b")


@lru_cache(maxsize=4096)
def _numbers(raw: str, fragments: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    """(line, literal) of every number that is no 0, 1 or 2, type, position, scale, or allowed fragment."""
    code, plain = flat(raw), uncommented(raw)
    for fragment in fragments:
        code = without(code, fragment, plain)
    for pattern in (_TYPE, _POSITIONS):
        code = pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), code)
    for name, places in _TYPE_ARGUMENTS.items():
        for arguments in calls(code, name):
            for argument in arguments[places[0] : places[-1] + 1]:
                if re.sub("^(?:scale|digits)=", "", argument.text).isdigit():
                    code = code[: argument.start] + " " * (argument.end - argument.start) + code[argument.end :]
    return tuple(
        (line_of(code, m.start()), m.group())
        for m in _NUMBER.finditer(code)
        if Decimal(m.group().replace("_", "")) not in (0, 1, 2)
    )


@lru_cache(maxsize=4096)
def _dates(raw: str) -> tuple[tuple[int, str], ...]:
    """(line, date) of every date literal but the open ends of an interval."""
    found = [
        (line_of(raw, m.start()), (m.group(1) or m.group(2) or "").strip().removesuffix(" 00:00:00"))
        for m in _DATE.finditer(uncommented(raw))
    ]
    return tuple((line, day) for line, day in found if day not in _OPEN_ENDS)


@law
def no_policy_number_in_a_model(project: Project) -> Iterator[str]:
    """Thresholds, targets and rates are rows of seeds/policy; a model or formula holds 0, 1, 2, types and scales, and
    the calendar arithmetic that allowances.py lists with its reason."""
    for path, raw in project.code_files.items():
        for line, number in _numbers(raw, project.fragments("no_policy_number_in_a_model", path)):
            yield f"{path}:{line}: the number {number}; make it a row of seeds/policy/policy_rows.csv and policy_as_of"
        for line, day in _dates(raw):
            yield f"{path}:{line}: the date {day}; dates are data: take it from a column"


@law
def no_float_aggregate(project: Project) -> Iterator[str]:
    """No aggregate over floats in what dbt renders: their sums differ from run to run with threads."""
    for model in project.sql_models.values():
        for _, name in scan(_FLOAT_AGGREGATE, model.rendered):
            yield f"{model.path}: renders {name}(), a float aggregate; use exact sums and divide()"


@law
def no_float_anywhere(project: Project) -> Iterator[str]:
    """Quantities and money are DECIMAL end to end: no cast to a float, no float function, no float column."""
    for path, raw in project.code_files.items():
        fragments = project.fragments("no_float_anywhere", path)
        for line, words in scan(_FLOAT_TYPE, raw, fragments) + scan(_FLOAT_FUNCTION, raw, fragments):
            yield f"{path}:{line}: `{words}` makes a float; stay with decimals"
    for node in (*project.manifest["nodes"].values(), *project.manifest["sources"].values()):
        types = {c: v.get("data_type") or "" for c, v in (node.get("columns") or {}).items()}
        types |= node["config"].get("column_types") or {}
        for name, kind in types.items():
            if kind.lower().split("(")[0] in ("double", "float", "real", "float4", "float8", "double precision"):
                yield f"{node['original_file_path']}: column {node['name']}.{name} is {kind}; declare a decimal"


@law
def division_only_through_the_macro(project: Project) -> Iterator[str]:
    """`/` and `//` stand in macros/portable only; a model divides with divide()."""
    for path, raw in project.code_files.items():
        for line, words in scan(_DIVISION, raw, project.fragments("division_only_through_the_macro", path)):
            yield f"{path}:{line}: `{words}` divides; use divide(n, d, scale)"


@law
def rounding_only_through_the_macro(project: Project) -> Iterator[str]:
    """round() and its kin stand in macros/portable only; a model rounds with fixed()."""
    for path, raw in project.code_files.items():
        for line, words in scan(_ROUND, raw):
            yield f"{path}:{line}: `{words}` rounds; use fixed(x, scale), which is tested on ties"


@law
def formulas_are_arithmetic_only(project: Project) -> Iterator[str]:
    """macros/kpi hold arithmetic on one row: no ref, no join, no select."""
    for path, raw in project.macro_files.items():
        if path.startswith("macros/kpi/"):
            for line, words in scan(_IN_FORMULA, raw):
                yield f"{path}:{line}: `{words}` in a formula; models do sets, macros do arithmetic"
