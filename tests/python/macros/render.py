"""Renders the project's macros without dbt and runs them over values in DuckDB.

Here: a Jinja environment over macros/**/*.sql with stand-ins for the few things of dbt that macros use
(adapter.dispatch, return, ref, this, is_incremental), and one query for many cases.
Not here: expectations about any formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, do
from jinja2.parser import Parser

from orchestration.lib.paths import REPO

MACROS = REPO / "macros"
_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+).*?\{%-?\s*endmacro\s*-?%\}", re.DOTALL)


class _Returned(Exception):
    """What a macro gave to `return`: dbt ends the macro there."""

    def __init__(self, value: Any) -> None:
        self.value = value


class _WithoutMaterializations(Extension):
    """Passes over {% materialization %} ... {% endmaterialization %}: only dbt can run one."""

    tags = frozenset({"materialization"})

    def parse(self, parser: Parser) -> list[nodes.Node]:
        while not parser.stream.current.test("block_end"):
            next(parser.stream)
        parser.parse_statements(("name:endmaterialization",), drop_needle=True)
        return []


def _macros_alone(source: str) -> Iterator[tuple[str, str]]:
    """(name, source without the other macros): macros of one file call each other through the stand-ins too, so that
    what the one gives to `return` does not end the other."""
    found = list(_MACRO.finditer(source))
    for one in found:
        before, after = (_MACRO.sub("", text) for text in (source[: one.start()], source[one.end() :]))
        yield one.group(1), before + one.group() + after


class Macros:
    """Every macro of the project by name: `macros['divide']('n', 'd', scale=4)` is its SQL text.

    `engine` is 'default' (DuckDB) or 'spark'. ref(name) is the bare name, so that a CTE or table of that name answers;
    `this` is 'this_relation'. KeyError for an unknown macro, jinja2.UndefinedError for anything a macro needs that has
    no stand-in.
    """

    def __init__(self, folder: Path = MACROS, incremental: bool = False, engine: str = "default") -> None:
        self._engine = engine
        self.environment = jinja2.Environment(
            undefined=jinja2.StrictUndefined,
            extensions=[do, _WithoutMaterializations],
            autoescape=False,
            keep_trailing_newline=True,
        )
        self._functions: dict[str, Callable[..., str]] = {}
        self.environment.globals.update(
            {
                "adapter": self,
                "return": self._return,
                "ref": lambda name: name,
                "this": "this_relation",
                "is_incremental": lambda: incremental,
            }
        )
        sources = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.sql"))]
        alone = {name: piece for source in sources for name, piece in _macros_alone(source)}
        for name in alone:
            self.environment.globals[name] = self._by_name(name)
        for name, piece in alone.items():
            self._functions[name] = self._callable(getattr(self.environment.from_string(piece).module, name))

    def _by_name(self, name: str) -> Callable[..., str]:
        """Looks the macro up when it is called, so that files may use each other in any order."""
        return lambda *arguments, **named: self._functions[name](*arguments, **named)

    @staticmethod
    def _return(value: Any) -> None:
        raise _Returned(value)

    @staticmethod
    def _callable(macro: Callable[..., str]) -> Callable[..., str]:
        def call(*arguments: Any, **named: Any) -> str:
            try:
                return macro(*arguments, **named)
            except _Returned as returned:
                return returned.value

        return call

    def dispatch(self, name: str, package: str) -> Callable[..., str]:
        """The body of a shim for the engine, as adapter.dispatch finds it; `default` is DuckDB's."""
        return self._functions[f"{self._engine}__{name}"]

    def __getitem__(self, name: str) -> Callable[..., str]:
        return self._functions[name]


def typed_values(columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> str:
    """SQL of a relation over rows of Python values, cast to the given types {column: type}; None is null.

    Values go as text and are cast by DuckDB, so that a Decimal arrives exactly.
    """
    texts = []
    for row in rows:
        cells = ["null" if value is None else "'" + str(value).replace("'", "''") + "'" for value in row]
        texts.append(f"({', '.join(cells)})")
    casts = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in columns.items())
    return f"(select _case, {casts} from (values {', '.join(_numbered(texts))}) as v(_case, {', '.join(columns)}))"


def _numbered(texts: list[str]) -> list[str]:
    return [f"({number}, {text[1:]}" for number, text in enumerate(texts)]


def evaluate(
    connection: duckdb.DuckDBPyConnection,
    expressions: str | Sequence[str],
    columns: Mapping[str, str],
    rows: Iterable[Sequence[object]],
) -> list[Any]:
    """Value of the SQL expression for every row, in order: tuples when several expressions are given."""
    several = not isinstance(expressions, str)
    listed = ", ".join(expressions) if several else expressions
    found = connection.execute(f"select {listed} from {typed_values(columns, rows)} order by _case").fetchall()
    return found if several else [value for (value,) in found]
