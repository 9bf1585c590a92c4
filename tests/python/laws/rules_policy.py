"""Law 3: policy is data, every row of it is read, and June's policy answers for June.

Here: rules over seeds/policy and the keys that models ask for. Not here: numbers in models (rules_arithmetic.py).
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise

from laws.law import law
from laws.project import Project
from laws.sql_text import flat, jinja_calls, uncommented

_FLIPS = "tests/python/test_policy_flips.py"
_ROWS = "seeds/policy/policy_rows.csv"


@dataclass(frozen=True)
class Request:
    """One key that one model asks policy_as_of for, as text or number, over which scopes."""

    model: str
    path: str
    key: str
    is_text: bool
    scopes: frozenset[str]


def _requests(project: Project) -> Iterator[Request]:
    for model in project.models.values():
        for call in jinja_calls(model.sql, "policy_as_of"):
            if call is None:
                continue
            positional, named = call
            scopes = frozenset(named.get("scopes") or (positional[3] if len(positional) > 3 else {}))
            for key in named.get("keys") or positional[0]:
                yield Request(model.name, model.path, key.split(":")[0], key.endswith(":text"), scopes)


def _row(number: int, row: dict[str, str]) -> str:
    return f"{_ROWS}:{number} {row['policy_key']} ({row['scope_type']} {row['scope_id']})"


def _numbered(project: Project) -> list[tuple[int, dict[str, str]]]:
    return list(enumerate(project.rows("policy_rows"), start=2))


@law
def policy_is_asked_for_by_literal_keys(project: Project) -> Iterator[str]:
    """Keys and scopes in a policy_as_of call are literals, so that what a model reads can be known; and dim_policy and
    policy_rows are read through the macro alone."""
    for model in project.models.values():
        if None in jinja_calls(model.sql, "policy_as_of"):
            yield f"{model.path}: policy_as_of with arguments that are no literals; write keys and scopes out"
        for name in ("dim_policy", "policy_rows"):
            if f"ref('{name}')" in uncommented(model.sql) and not project.allowed(
                "policy_is_asked_for_by_literal_keys", model.path, name
            ):
                yield f"{model.path}: reads {name} by hand; use policy_as_of, which picks date and narrowest scope"


@law
def every_policy_row_is_read(project: Project) -> Iterator[str]:
    """Each row is asked for: its key by a model or as a registry target, its scope by every model that asks the key."""
    requests = list(_requests(project))
    targets = {row["target_policy"] for row in project.rows("kpi_registry")}
    for number, row in _numbered(project):
        readers = [r for r in requests if r.key == row["policy_key"]]
        if not readers and row["policy_key"] not in targets:
            yield f"{_row(number, row)}: no model reads it; delete the row or read it"
        if row["scope_type"] != "company":
            if not readers:
                yield f"{_row(number, row)}: targets are read for the company only; read the key by scope, or delete it"
            for reader in readers:
                if row["scope_type"] not in reader.scopes:
                    yield f"{_row(number, row)}: {reader.path} does not pass scope {row['scope_type']}; pass it"


@lru_cache(maxsize=4096)
def _words_of(rendered: str) -> Counter[str]:
    """How often each name stands in rendered SQL, strings apart."""
    return Counter(re.findall(r"\w+", flat(rendered)))


@law
def every_key_asked_for_is_used(project: Project) -> Iterator[str]:
    """A model that asks for a key does something with it: a value fetched and dropped reads no policy."""
    for request in _requests(project):
        words = _words_of(project.models[request.model].rendered)
        if words and words[request.key] < 2:
            yield f"{request.path}: asks for policy {request.key} and does not use it; use it or ask no more"


@law
def every_key_asked_for_exists(project: Project) -> Iterator[str]:
    """A key that a model asks for has rows, for the company at least, and is asked as text only if it is a choice."""
    rows = project.rows("policy_rows")
    for request in _requests(project):
        units = {row["unit"] for row in rows if row["policy_key"] == request.key}
        if not any(row["policy_key"] == request.key and row["scope_type"] == "company" for row in rows):
            yield f"{request.path}: asks for policy {request.key}, which has no company row; add it to {_ROWS}"
        elif request.is_text != (units == {"choice"}):
            asked, right = ("text", "a number") if request.is_text else ("a number", "text (`:text`)")
            yield f"{request.path}: asks for policy {request.key} as {asked}; its unit asks for {right}"


@law
def every_scope_is_ranked(project: Project) -> Iterator[str]:
    """Scope types of rows and of calls are rows of seed policy_scopes, with ranks of their own."""
    scopes = project.rows("policy_scopes")
    known = {row["scope_type"] for row in scopes}
    ranks = [row["scope_rank"] for row in scopes]
    if len(set(ranks)) != len(ranks):
        yield "seeds/registry/policy_scopes.csv: two scopes of one rank; which is the narrower must be known"
    for number, row in _numbered(project):
        if row["scope_type"] not in known:
            yield f"{_row(number, row)}: scope type is not in seeds/registry/policy_scopes.csv; add it with its rank"
        if (row["scope_type"] == "company") != (row["scope_id"] == "*"):
            yield f"{_row(number, row)}: scope_id is `*` for company and names one member otherwise; mend it"
    for request in _requests(project):
        for scope in sorted(request.scopes - known):
            yield f"{request.path}: asks by scope {scope}, which seeds/registry/policy_scopes.csv does not rank; add it"


@law
def policy_periods_fit_together(project: Project) -> Iterator[str]:
    """Periods of one key and scope follow each other: no overlap, no gap, each ends after it begins."""
    periods: dict[tuple[str, str, str], list[tuple[str, str, int, dict[str, str]]]] = {}
    for number, row in _numbered(project):
        until = row["effective_to"] or "9999-12-31"
        key = (row["policy_key"], row["scope_type"], row["scope_id"])
        periods.setdefault(key, []).append((row["effective_from"], until, number, row))
        if row["effective_from"] >= until:
            yield f"{_row(number, row)}: ends {until}, not after it begins {row['effective_from']}; mend the dates"
    for rows in periods.values():
        for (_, until, number, row), (begin, _, after, _) in pairwise(sorted(rows, key=lambda r: (r[0], r[2]))):
            if until > begin:
                yield f"{_row(number, row)}: overlaps line {after}, which begins {begin}; end it on that day"
            elif until < begin:
                yield f"{_row(number, row)}: ends {until} and line {after} begins {begin}; close the gap"


@law
def policy_values_fit_their_unit(project: Project) -> Iterator[str]:
    """A value is a number unless its unit is `choice`; one key has one unit; each row says who approved it and why."""
    units: dict[str, str] = {}
    for number, row in _numbered(project):
        if row["unit"] != "choice" and not _is_number(row["value"]):
            yield f"{_row(number, row)}: value `{row['value']}` is no number; write a number, or unit choice"
        if units.setdefault(row["policy_key"], row["unit"]) != row["unit"]:
            yield f"{_row(number, row)}: unit {row['unit']} differs from the key's {units[row['policy_key']]}; use one"
        for column in ("value", "unit", "effective_from", "approved_by", "decision_ref"):
            if not row[column].strip():
                yield f"{_row(number, row)}: {column} is empty; fill it in"


def _is_number(value: str) -> bool:
    try:
        return Decimal(value).is_finite()
    except InvalidOperation:
        return False


@lru_cache(maxsize=64)
def _words_of_tests(text: str) -> frozenset[str]:
    """Text constants inside the test functions of a Python file and their decorators; comments and docstrings apart."""
    words = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            for part in [*node.decorator_list, *body]:
                words |= {n.value for n in ast.walk(part) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return frozenset(words)


@law
def every_choice_is_flipped_by_a_test(project: Project) -> Iterator[str]:
    """A choice row has a test that sets another value and sees the figures move: tests/python/test_policy_flips.py."""
    words = _words_of_tests(project.files.get(_FLIPS, ""))
    for number, row in _numbered(project):
        if row["unit"] == "choice" and row["policy_key"] not in words:
            yield f"{_row(number, row)}: no test in {_FLIPS} names this choice; add one that flips it"
