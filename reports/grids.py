"""Tables on pages: their cells, and the tables and groups that a page definition asks of its KPI's model.

Here: rows of a model as cells a person reads. Not here: what the scorecard says of a KPI (kpi_page.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from orchestration.lib.sql import ident
from reports import charts, formats
from reports.definitions import Group, PageError, Table, order_terms
from reports.marts import Marts, Record, count


@dataclass(frozen=True)
class Cell:
    """One cell of a table: text, whether it is a number, and markup (a bar) instead of text where there is one."""

    text: str
    is_number: bool = False
    status: str = ""
    markup: Markup | None = None
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """A table on a page: headings (text, explanation, is a number), rows, what is not shown, where the rest is.
    is_stacked: on a narrow screen each row is a card however few its columns are."""

    title: str
    head: list[tuple[str, str, bool]]
    rows: list[list[Cell]]
    total: int
    note: str = ""
    anchor: str = ""
    is_stacked: bool = False

    @property
    def hidden(self) -> int:
        """Rows that are in the file beside the page only."""
        return self.total - len(self.rows)


def sku_cells(sku_id: str, skus: dict[str, tuple[str, str]]) -> list[Cell]:
    """Description over the identifier, and the category."""
    text, category = skus.get(sku_id, ("", ""))
    shown = formats.clean(sku_id)
    return [Cell(text or shown, note=shown if text else ""), Cell(formats.words(category.lower()))]


class ModelTables:
    """Shows rows of published models as a page definition asks."""

    def __init__(self, marts: Marts) -> None:
        self.marts = marts

    def table(self, table: Table, target: Decimal | None, anchor: str) -> Grid | None:
        """A table of the definition; None when this generation lacks its model or a column."""
        relation = self.marts.tables.get(table.rows.model)
        if relation is None:
            return None
        known = self.marts.columns(relation)
        sql = self.marts.latest(relation, table.rows, target)
        asked = [column.name for column in table.columns]
        if not known.keys() >= {*asked, *(column for column, _, _ in order_terms(table.order_by))}:
            return None
        chosen = asked + [name for name in ("currency", "scope_type") if name in known and name not in asked]
        ranked = f"{self.marts.ranked(sql, table.order_by)} limit {int(table.limit)}"
        found = self.marts.rows(f"select {', '.join(map(ident, chosen))} from ({ranked})")
        total = count(self.marts, sql)
        return self.shown(table, chosen, found, total, {n: known[n].comment for n in chosen}, anchor)

    def shown(
        self,
        table: Table,
        chosen: list[str],
        found: list[tuple[Any, ...]],
        total: int,
        comments: dict[str, str],
        anchor: str,
    ) -> Grid:
        """Rows that were found, as the definition shows them; comments: the words of columns that have some."""
        named = [dict(zip(chosen, row, strict=True)) for row in found]
        records, skus = self._names(named)
        head: list[tuple[str, str, bool]] = []
        rows: list[list[Cell]] = [[] for _ in named]
        for column in table.columns:
            name = column.name
            if name in ("sku_id", "scope_id") and (name == "sku_id" or records or skus):
                heads = ["SKU", "Category", *(["Location"] if records and name == "scope_id" else [])]
            else:
                label = column.label or ("Location" if name == "location_id" else formats.column_label(name))
                heads = [self._with_unit(label, name, column.display, "currency" in chosen)]
            number = any(formats.is_number(row[name]) for row in named)
            head += [(label, comments.get(name, ""), number) for label in heads]
            for row, cells in zip(named, rows, strict=True):
                cells += self._cells(name, column.display, row, records, skus)[: len(heads)]
        return Grid(table.title, head, rows, total, table.note, anchor)

    def _with_unit(self, label: str, name: str, display: str, has_currency: bool) -> str:
        """A heading with the unit of its column; where rows have a currency of their own, the cells tell it."""
        word = formats.unit_word(
            display or formats.column_display(name) or "", currency="" if has_currency else self.marts.currency
        )
        return f"{label}, {word}" if word and not label.lower().endswith(word.lower()) else label

    def _names(self, named: list[dict[str, Any]]) -> tuple[dict[str, Record], dict[str, tuple[str, str]]]:
        """Records behind the rows when every scope is an SKU-location, and the SKUs of all rows."""
        types = {row.get("scope_type") for row in named}
        scopes = [str(row.get("scope_id")) for row in named]
        records = self.marts.records(scopes) if types == {"sku_location"} else {}
        sku_ids = [str(row["sku_id"]) for row in named if row.get("sku_id")]
        sku_ids += [record.sku_id for record in records.values()]
        sku_ids += scopes if types == {"sku"} else []
        return records, self.marts.descriptions(sku_ids) if sku_ids else {}

    def _cells(
        self,
        name: str,
        display: str,
        row: dict[str, Any],
        records: dict[str, Record],
        skus: dict[str, tuple[str, str]],
    ) -> list[Cell]:
        """A value for people: a SKU brings its category, a record its location, an amount its currency."""
        if name == "rule_id" and row[name] in self.marts.rules:
            return [Cell(self.marts.rules[row[name]], note=formats.clean(row[name]))]
        if name in ("location_id", "category"):
            return [Cell(self.marts.scope_name(name.removesuffix("_id"), str(row[name] or "")))]
        if name == "sku_id":
            return sku_cells(str(row[name]), skus)
        if name == "scope_id":
            record = records.get(str(row[name]))
            if record:
                place = self.marts.scope_name("location", record.location_id)
                return [*sku_cells(record.sku_id, skus), Cell(place)]
            if skus:
                return [*sku_cells(str(row[name]), skus), Cell(formats.DASH)]
            scope = (str(row.get("scope_type")), str(row[name]))
            return [Cell(self.marts.scope_names([scope])[scope])]
        if name.endswith("_id") and row[name]:
            scope = (name.removesuffix("_id"), str(row[name]))
            text, shown = self.marts.scope_names([scope])[scope], formats.clean(scope[1])
            return [Cell(text, note=shown if text != shown else "")]
        text = formats.cell(name, row[name], display)
        if row.get("currency") and (display or formats.column_display(name)) == "money" and row[name] is not None:
            text = f"{text} {formats.clean(str(row['currency']))}"
        return [Cell(text, formats.is_number(row[name]))]

    def group(self, group: Group, target: Decimal | None, anchor: str) -> Grid | None:
        """Counts and sums of the definition; None when this generation lacks the model or a column."""
        relation = self.marts.tables.get(group.rows.model)
        if relation is None:
            return None
        sums = [(column, magnitude) for column, magnitude, _ in order_terms(group.sums)]
        known = self.marts.columns(relation)
        if not known.keys() >= {group.by, *(column for column, _ in sums)}:
            return None
        selected = "".join(
            f", sum({f'abs({ident(c)})' if m else ident(c)}) as sum_{n}" for n, (c, m) in enumerate(sums)
        )
        found = self.marts.rows(
            f"select {ident(group.by)}, count(*) {selected} from ({self.marts.latest(relation, group.rows, target)}) "
            "group by 1 order by 2 desc, 1"
        )
        if "currency" in known and any(formats.column_display(c) == "money" for c, _ in sums):
            raise PageError(f"group {group.title!r}: amounts of {relation} are in several currencies and do not add up")
        most = max((row[1] for row in found), default=1)
        head = [
            (formats.column_label(group.by), known[group.by].comment, False),
            ("Rows", "", True),
            ("", "bar", False),
        ]
        head += [
            (
                self._with_unit(f"{'Absolute ' if m else ''}{formats.column_label(c)}".capitalize(), c, "", False),
                known[c].comment,
                True,
            )
            for c, m in sums
        ]
        rows = []
        for value, number, *amounts in found:
            row = [*self._cells(group.by, "", {group.by: value}, {}, {})[:1], Cell(f"{number:,}", True)]
            row.append(Cell("", markup=charts.bar(Decimal(number), Decimal(0), Decimal(most), None, "plain")))
            row += [Cell(formats.cell(c, amount), True) for (c, _), amount in zip(sums, amounts, strict=True)]
            rows.append(row)
        return Grid(group.title, head, rows, len(rows), group.note, anchor)
