"""What a page shows: one YAML file per KPI in reports/pages, joined with the KPI's registry row.

Here: reading and checking the files. Not here: queries and layout. A file says what the registry cannot know: the
meaning in one sentence, what the two sums are, which rows of the model are the latest, and tables of its own. All the
rest of a page follows from the registry; a KPI without a file still gets a whole page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from reports.formats import DISPLAYS

PAGES = Path(__file__).parent / "pages"
_ORDER = re.compile(r"^(?:abs\((?P<magnitude>\w+)\)|(?P<column>\w+))(?P<falling> desc)?$")


class PageError(ValueError):
    """A page definition says something it cannot; the message names the file and the key."""


@dataclass(frozen=True)
class Rows:
    """Which rows of a model: those that meet `where`, at the latest value of `latest` within each `per`."""

    model: str = ""
    where: str = ""
    latest: str = ""
    per: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A column of a table; display and label are empty where the column's name tells them."""

    name: str
    display: str = ""
    label: str = ""


@dataclass(frozen=True)
class Table:
    """A table of a model's rows, ranked, with `limit` of them on the page. `where` may name $target."""

    title: str
    rows: Rows
    columns: tuple[Shown, ...]
    order_by: tuple[str, ...]
    limit: int = 20
    note: str = ""


@dataclass(frozen=True)
class Group:
    """Counts, and sums of columns, by the values of one column of a model."""

    title: str
    rows: Rows
    by: str
    sums: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Part:
    """What a numerator or denominator is, in words, and how it reads."""

    label: str
    display: str = "quantity"


@dataclass(frozen=True)
class Page:
    """The definition of one KPI's page. `meaning` is empty when no file was written for it."""

    kpi_id: str
    meaning: str = ""
    formula: str = ""
    display: str = ""
    numerator: Part = field(default_factory=lambda: Part("Numerator"))
    denominator: Part = field(default_factory=lambda: Part("Denominator"))
    rows: Rows = field(default_factory=Rows)
    has_worst: bool = True
    tables: tuple[Table, ...] = ()
    groups: tuple[Group, ...] = ()
    files: tuple[str, ...] = ()  # models given whole as files beside the page


class _Reader:
    """One YAML mapping: hands out its keys and refuses those nobody asked for."""

    def __init__(self, where: str, content: object) -> None:
        if not isinstance(content, Mapping):
            raise PageError(f"{where}: must be a mapping of keys to values, found {type(content).__name__}")
        self.where, self.content, self.asked = where, content, set[str]()

    def get(self, key: str, kind: type, default: Any = None) -> Any:
        self.asked.add(key)
        value = self.content.get(key, default)
        if value is not default and not isinstance(value, kind):
            raise PageError(f"{self.where}: {key} must be a {kind.__name__}, found {value!r}")
        return value

    def names(self, key: str) -> tuple[str, ...]:
        values = self.get(key, list, [])
        if not all(isinstance(value, str) for value in values):
            raise PageError(f"{self.where}: {key} must be a list of words, found {values!r}")
        return tuple(values)

    def need(self, key: str) -> str:
        value = self.get(key, str, "")
        if not value.strip():
            raise PageError(f"{self.where}: {key} is missing")
        return value.strip()

    def done(self) -> None:
        if unknown := sorted(map(str, set(self.content) - self.asked)):
            raise PageError(
                f"{self.where}: unknown key {', '.join(unknown)}; known are {', '.join(sorted(self.asked))}"
            )


def order_terms(order_by: tuple[str, ...]) -> list[tuple[str, bool, bool]]:
    """(column, by magnitude, falling) of each term; a term is `column`, `column desc` or `abs(column) desc`."""
    terms = []
    for term in order_by:
        match = _ORDER.match(term)
        if match is None:
            raise PageError(f"order_by {term!r}: write a column, or abs(column), and perhaps desc behind it")
        terms.append((match["column"] or match["magnitude"], bool(match["magnitude"]), bool(match["falling"])))
    return terms


def rows_columns(rows: Rows) -> set[str]:
    """Columns by which the rows are chosen, as far as they are named apart from SQL."""
    return {*rows.per, *([rows.latest] if rows.latest else [])}


def _rows(reader: _Reader, base: Rows) -> Rows:
    """Rows of a section: another model starts afresh, else the page's own rows narrowed by `where`."""
    model, where = reader.get("from", str, ""), reader.get("where", str, "")
    latest, per = reader.get("latest", str, ""), reader.names("per")
    if model and model != base.model:
        return Rows(model, where, latest, per)
    narrowed = f"({base.where}) and ({where})" if base.where and where else base.where or where
    return Rows(base.model, narrowed, latest or base.latest, per or base.per)


def _column(where: str, item: object) -> Shown:
    """`turnover_ratio`, `turnover_ratio as turns`, or either with a heading behind it: `turnover_ratio: Turns`."""
    pair = list(item.items()) if isinstance(item, Mapping) else [(item, "")]
    if len(pair) != 1 or not all(isinstance(word, str) for word in pair[0]):
        raise PageError(f"{where}: {item!r} is no column: write its name, perhaps with `as <display>` and a heading")
    text, label = pair[0]
    name, _, display = text.partition(" as ")
    if display and display not in DISPLAYS:
        raise PageError(f"{where}: {text!r}: the display is none of {', '.join(DISPLAYS)}")
    return Shown(name, display, label)


def _part(where: str, content: object, default: Part) -> Part:
    if content is None:
        return default
    reader = _Reader(where, content)
    part = Part(reader.need("label"), reader.get("display", str, "quantity"))
    reader.done()
    if part.display not in (*DISPLAYS, "quantity"):
        raise PageError(f"{where}: display {part.display} is none of quantity, {', '.join(DISPLAYS)}")
    return part


def read_page(kpi_id: str, text: str, model: str, where: str) -> Page:
    """The definition in `text` for a KPI whose registry model is `model`. PageError names `where`."""
    reader = _Reader(where, yaml.safe_load(text))
    rows_reader = _Reader(f"{where} rows", reader.get("rows", dict, {}))
    base = _rows(rows_reader, Rows(model))
    rows_reader.done()
    tables, groups = [], []
    for number, content in enumerate(reader.get("tables", list, []), start=1):
        section = _Reader(f"{where} table {number}", content)
        table = Table(
            title=section.need("title"),
            rows=_rows(section, base),
            columns=tuple(_column(section.where, item) for item in section.get("columns", list, [])),
            order_by=section.names("order_by"),
            limit=section.get("limit", int, 20),
            note=section.get("note", str, ""),
        )
        section.done()
        order_terms(table.order_by)
        if not table.columns or not table.order_by:
            raise PageError(f"{section.where}: needs columns and order_by")
        tables.append(table)
    for number, content in enumerate(reader.get("groups", list, []), start=1):
        section = _Reader(f"{where} group {number}", content)
        groups.append(
            Group(
                title=section.need("title"),
                rows=_rows(section, base),
                by=section.need("by"),
                sums=section.names("sums"),
                note=section.get("note", str, ""),
            )
        )
        section.done()
        order_terms(groups[-1].sums)
    page = Page(
        kpi_id=kpi_id,
        meaning=reader.need("meaning"),
        formula=reader.get("formula", str, ""),
        display=reader.get("display", str, ""),
        numerator=_part(f"{where} numerator", reader.get("numerator", dict), Page(kpi_id).numerator),
        denominator=_part(f"{where} denominator", reader.get("denominator", dict), Page(kpi_id).denominator),
        rows=base,
        has_worst=reader.get("worst", bool, True),
        tables=tuple(tables),
        groups=tuple(groups),
        files=reader.names("files"),
    )
    reader.done()
    if page.display and page.display not in DISPLAYS:
        raise PageError(f"{where}: display {page.display} is none of {', '.join(DISPLAYS)}")
    return page


def load_page(kpi_id: str, model: str, folder: Path = PAGES) -> Page:
    """The page of a KPI: its file's, or the defaults when it has none."""
    path = folder / f"{kpi_id}.yml"
    if not re.fullmatch(r"\w+", kpi_id):
        raise PageError(f"kpi_id {kpi_id!r} cannot name a page: letters, digits and underscores only")
    if not path.is_file():
        return Page(kpi_id, rows=Rows(model))
    return read_page(kpi_id, path.read_text(encoding="utf-8"), model, f"reports/pages/{path.name}")
