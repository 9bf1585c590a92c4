"""One KPI's page as values ready to print: headline, trend, small multiples, breakdowns, reasons, worst rows, alerts.

Here: what the page says, as text and charts. Not here: its layout (templates/kpi.html) and its definition
(pages/<kpi_id>.yml).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from orchestration.lib.sql import ident, literal
from reports import charts, formats
from reports.charts import Point
from reports.definitions import Group, Page, Part, Table, order_terms
from reports.marts import Kpi, Marts, Record, Value, count

MULTIPLES = 12
MEMBERS = 25
WORST = 20
TREND_PERIODS = 120
BROAD = ("company", "division", "location", "category")
"""Scope types in the order people ask for them; others follow by name."""

STATUS_WORDS = {
    "good": "on target",
    "warning": "off target",
    "critical": "far off target",
    "unknown": "no value",
    "untargeted": "no target",
}


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
    """A table on a page: headings (text, explanation, is a number), rows, what is not shown, where the rest is."""

    title: str
    head: list[tuple[str, str, bool]]
    rows: list[list[Cell]]
    total: int
    note: str = ""
    anchor: str = ""

    @property
    def hidden(self) -> int:
        """Rows that are in the file beside the page only."""
        return self.total - len(self.rows)


@dataclass(frozen=True)
class Headline:
    """The latest company value and how it stands."""

    company: str
    value: str
    status: str
    period: str
    target: str
    gap: str
    change: str
    reason: str
    parts: list[tuple[str, str]]
    trend: list[Markup] = field(default_factory=list)
    history: Grid | None = None
    spark: Markup = Markup("")
    periods: int = 0


@dataclass(frozen=True)
class Multiple:
    """One small chart."""

    name: str
    value: str
    status: str
    chart: Markup


class KpiFacts:
    """Asks the marts everything one page needs."""

    def __init__(self, marts: Marts, kpi: Kpi, page: Page) -> None:
        self.marts, self.kpi, self.page = marts, kpi, page
        self.display = page.display or formats.display_of_unit(kpi.unit)

    def figure(self, value: Decimal | None) -> str:
        """A value of the KPI as text."""
        return formats.figure(value, self.display, self.kpi.unit, self.marts.currency)

    def difference(self, value: Decimal | None) -> str:
        """A difference of two values of the KPI as text."""
        return formats.difference(value, self.display, self.kpi.unit, self.marts.currency)

    def part(self, part: Part, value: Decimal | None) -> str:
        """The numerator or denominator as text."""
        return formats.figure(value, part.display, currency=self.marts.currency)

    def scope_types(self) -> list[tuple[str, int]]:
        """(scope type, number of scopes), broad ones first."""
        found = self.marts.rows(
            "select scope_type, count(*) from judged where kpi_id = ? group by scope_type order by 1",
            [self.kpi.kpi_id],
        )
        order = {name: place for place, name in enumerate(BROAD)}
        return sorted(((n, c) for n, c in found), key=lambda row: (order.get(row[0], len(order)), row[1], row[0]))

    def trend(self, scope_type: str, scope_id: str, periods: int = TREND_PERIODS) -> list[Point]:
        """The last periods of a scope with the target of each, oldest first."""
        found = self.marts.rows(
            "select v.period_end_date, v.kpi_value, p.value_number from scorecard.fct_kpi_value as v "
            "left join core.dim_policy as p on p.policy_key = ? and p.scope_type = 'company' "
            "and v.period_end_date >= p.effective_from and v.period_end_date < p.effective_to "
            "where v.kpi_id = ? and v.scope_type = ? and v.scope_id = ? "
            f"order by v.period_end_date desc limit {int(periods)}",
            [self.kpi.target_policy, self.kpi.kpi_id, scope_type, scope_id],
        )
        return [Point(*row) for row in found[::-1]]

    @property
    def _badness(self) -> str:
        return f"kpi_value {'asc' if self.kpi.direction == 'higher_is_better' else 'desc'} nulls last"

    def headlines(self) -> list[Headline]:
        """One per company, with its trend."""
        return [self._headline(value) for value in self.marts.values(self.kpi.kpi_id, _type("company"), "scope_id")]

    def _headline(self, value: Value) -> Headline:
        points = self.trend(value.scope_type, value.scope_id)
        change = value.value - value.previous if value.value is not None and value.previous is not None else None
        title = f"{self.kpi.kpi_name}, {value.scope_id}: {len(points)} periods to {formats.day(value.period_end)}"
        drawn = [
            charts.line(points, self.figure, formats.clean(title), frame, css)
            for frame, css in ((charts.WIDE, "wide"), (charts.NARROW, "narrow"))
        ]
        rows = [
            [Cell(formats.day(p.at)), Cell(self.figure(p.value), True), Cell(self.figure(p.target), True)]
            for p in points[::-1]
        ]
        history = Grid("Values", [("Period end", "", False), ("Value", "", True), ("Target", "", True)], rows, len(rows))
        return Headline(
            company=formats.clean(value.scope_id),
            value=self.figure(value.value),
            status=value.status,
            period=formats.day(value.period_end),
            target=self.figure(value.target),
            gap=self.difference(value.gap),
            change=self.difference(change) if change is not None else "",
            reason=formats.words(value.reason or "").lower(),
            parts=[
                (self.page.numerator.label, self.part(self.page.numerator, value.numerator)),
                (self.page.denominator.label, self.part(self.page.denominator, value.denominator)),
            ],
            trend=[d for d in drawn if d],
            history=history,
            spark=charts.spark(points, self.figure, formats.clean(title)),
            periods=len(points),
        )

    def multiples(self) -> list[tuple[str, list[Multiple], int]]:
        """(scope type, small charts, number of scopes) of divisions and locations; the worst ones when many."""
        found = []
        for scope_type, scopes in self.scope_types():
            if scope_type not in ("division", "location") or scopes < 2:
                continue
            values = self.marts.values(self.kpi.kpi_id, _type(scope_type), f"{self._badness}, scope_id", MULTIPLES)
            charts_of = [self._multiple(v) for v in sorted(values, key=lambda v: v.scope_id)]
            if any(points > 1 for _, points in charts_of):
                found.append((scope_type, [m for m, _ in charts_of], scopes))
        return found

    def _multiple(self, value: Value) -> tuple[Multiple, int]:
        points = self.trend(value.scope_type, value.scope_id)
        name = self.marts.scope_name(value.scope_type, value.scope_id)
        chart = charts.spark(points, self.figure, f"{self.kpi.kpi_name}, {name}", charts.SMALL)
        return Multiple(name, self.figure(value.value), value.status, chart), len(points)

    def breakdowns(self) -> list[Grid]:
        """A table with bars per broad scope type, worst first."""
        grids = []
        for scope_type, scopes in self.scope_types():
            if scope_type in ("company", self.narrowest()):
                continue
            values = self.marts.values(self.kpi.kpi_id, _type(scope_type), f"{self._badness}, scope_id", MEMBERS)
            if scope_type == "sku":
                continue  # the worst list speaks of SKUs, with their locations
            names = {v.scope_id: self.marts.scope_name(scope_type, v.scope_id) for v in values}
            title = f"By {formats.words(scope_type).lower()}"
            grids.append(self._grid(title, values, names, scopes, bars=True, anchor=f"by-{scope_type}"))
        return grids

    def narrowest(self) -> str:
        """The scope type with the most members, beyond the broad ones; empty when there is none."""
        others = [(scopes, name) for name, scopes in self.scope_types() if name not in BROAD]
        return max(others)[1] if others else ""

    def worst(self) -> Grid | None:
        """The scopes of the narrowest type that are worst, money behind them deciding between equals."""
        scope_type = self.narrowest()
        if not self.page.has_worst or not scope_type:
            return None
        where = f"{_type(scope_type)} and kpi_value is not null"
        order = f"{self._badness}, abs(denominator) desc nulls last, scope_id"
        values = self.marts.values(self.kpi.kpi_id, where, order, WORST)
        total = count(
            self.marts, f"select 1 from judged where kpi_id = '{self.kpi.kpi_id}' and {where}"
        )
        records = self.marts.records(v.scope_id for v in values) if scope_type == "sku_location" else {}
        title = f"Worst {'SKU-locations' if scope_type == 'sku_location' else formats.words(scope_type).lower() + 's'}"
        if len(records) < len(values):
            names = {v.scope_id: self.marts.scope_name(scope_type, v.scope_id) for v in values}
            skus = self.marts.descriptions(v.scope_id for v in values) if scope_type == "sku" else {}
            names |= {sku_id: text for sku_id, (text, _) in skus.items() if text}
            return self._grid(title, values, names, total, anchor="worst")
        skus = self.marts.descriptions(record.sku_id for record in records.values())
        grid = self._grid(title, values, {}, total, anchor="worst")
        head = [("SKU", "", False), ("Category", "", False), ("Location", "", False), *grid.head[1:]]
        rows = []
        for value, row in zip(values, grid.rows, strict=True):
            record = records[value.scope_id]
            place = self.marts.scope_name("location", record.location_id)
            rows.append([*self._sku(record.sku_id, skus), Cell(place), *row[1:]])
        return Grid(title, head, rows, total, anchor="worst")

    def _grid(
        self, title: str, values: list[Value], names: dict[str, str], total: int, bars: bool = False, anchor: str = ""
    ) -> Grid:
        page, several = self.page, len({v.period_end for v in values}) > 1
        numbers = [n for v in values for n in (v.value, v.target) if n is not None]
        low, high = min([Decimal(0), *numbers]), max([Decimal(0), *numbers])
        head = [("Scope" if not title.startswith("By ") else title[3:].capitalize(), "", False), ("Value", "", True)]
        head += [("", "bar", False)] if bars else []
        head += [("Target", "", True), ("Gap", "Value less target", True), ("Standing", "", False)]
        head += [(page.numerator.label, "", True), (page.denominator.label, "", True)]
        head += [("Change", "Against the period before", True)] if bars else []
        head += [("Period end", "", False)] if several else []
        rows = []
        for v in values:
            change = v.value - v.previous if v.value is not None and v.previous is not None else None
            row = [Cell(names.get(v.scope_id, formats.clean(v.scope_id)))]
            row.append(Cell(self.figure(v.value), True, note=formats.words(v.reason or "").lower()))
            row += [Cell("", markup=charts.bar(v.value, low, high, v.target, v.status))] if bars else []
            row += [Cell(self.figure(v.target), True), Cell(self.difference(v.gap), True)]
            row.append(Cell(STATUS_WORDS[v.status], status=v.status))
            row += [Cell(self.part(page.numerator, v.numerator), True)]
            row += [Cell(self.part(page.denominator, v.denominator), True)]
            row += [Cell(self.difference(change), True)] if bars else []
            row += [Cell(formats.day(v.period_end))] if several else []
            rows.append(row)
        return Grid(title, head, rows, total, anchor=anchor)

    def reasons(self) -> tuple[Grid, int]:
        """Why latest values are missing, per scope type; and how many are."""
        found = self.marts.rows(
            "select scope_type, coalesce(reason_code, 'no reason given'), count(*) from judged "
            "where kpi_id = ? and kpi_value is null group by all order by 1, 3 desc, 2",
            [self.kpi.kpi_id],
        )
        totals = dict(self.scope_types())
        rows = [
            [
                Cell(formats.words(scope_type)),
                Cell(formats.words(reason)),
                Cell(f"{scopes:,}", True),
                Cell(f"{totals[scope_type]:,}", True),
            ]
            for scope_type, reason, scopes in found
        ]
        head = [("Scope", "", False), ("Why", "", False), ("Without a value", "", True), ("Of", "", True)]
        missing = sum(scopes for _, _, scopes in found)
        return Grid("Scopes without a value", head, rows, len(rows), anchor="reasons"), missing

    def alerts(self) -> Grid:
        """Open alerts of the KPI, the gravest first."""
        found = self.marts.rows(
            "select scope_type, scope_id, period_end_date, kpi_value, target_value, gap_value, severity, owner "
            "from scorecard.fct_alert where kpi_id = ? order by severity, abs(gap_value) desc, alert_id",
            [self.kpi.kpi_id],
        )
        rows = [
            [
                Cell(formats.words(severity), status=severity),
                Cell(self.marts.scope_name(scope_type, scope_id), note=formats.words(scope_type).lower()),
                Cell(self.figure(value), True),
                Cell(self.figure(target), True),
                Cell(self.difference(gap), True),
                Cell(formats.day(period_end)),
                Cell(formats.words(owner)),
            ]
            for scope_type, scope_id, period_end, value, target, gap, severity, owner in found[:MEMBERS]
        ]
        names = ("Severity", "Scope", "Value", "Target", "Gap", "Period end", "Owner")
        head = [(name, "", name in ("Value", "Target", "Gap")) for name in names]
        return Grid("Open alerts", head, rows, len(found), anchor="alerts")

    def table(self, table: Table, target: Decimal | None, anchor: str) -> Grid | None:
        """A table of the definition; None when this generation lacks its model."""
        relation = self.marts.tables.get(table.rows.model)
        if relation is None:
            return None
        known = self.marts.columns(relation)
        sql = self.marts.latest(relation, table.rows, target)
        extra = [name for name in ("currency", "scope_type") if name in known and name not in table.columns]
        chosen = [*table.columns, *extra]
        ranked = f"{self.marts.ranked(sql, table.order_by)} limit {int(table.limit)}"
        found = self.marts.rows(f"select {', '.join(map(ident, chosen))} from ({ranked})")
        total = count(self.marts, sql)
        return self._shown(table, chosen, found, total, {n: known[n].comment for n in chosen}, anchor)

    def _shown(
        self,
        table: Table,
        chosen: list[str],
        found: list[tuple[Any, ...]],
        total: int,
        comments: dict[str, str],
        anchor: str,
    ) -> Grid:
        named = [dict(zip(chosen, row, strict=True)) for row in found]
        records, skus = self._names(named)
        head: list[tuple[str, str, bool]] = []
        rows: list[list[Cell]] = [[] for _ in named]
        for name in table.columns:
            if name in ("sku_id", "scope_id") and (name == "sku_id" or records or skus):
                heads = ["SKU", "Category", *(["Location"] if records and name == "scope_id" else [])]
            else:
                heads = ["Location" if name == "location_id" else formats.column_label(name)]
            number = any(formats.is_number(row[name]) for row in named)
            head += [(label, comments[name], number) for label in heads]
            for row, cells in zip(named, rows, strict=True):
                cells += self._cells(name, row, records, skus)[: len(heads)]
        return Grid(table.title, head, rows, total, table.note, anchor)

    def _names(self, named: list[dict[str, Any]]) -> tuple[dict[str, Record], dict[str, tuple[str, str]]]:
        """Records of the rows' sku_location scopes, and the SKUs of all rows: when every row's scope is of that type."""
        types = {row.get("scope_type") for row in named}
        scopes = [str(row.get("scope_id")) for row in named]
        records = self.marts.records(scopes) if types == {"sku_location"} else {}
        sku_ids = [str(row["sku_id"]) for row in named if row.get("sku_id")]
        sku_ids += [record.sku_id for record in records.values()]
        sku_ids += scopes if types == {"sku"} else []
        return records, self.marts.descriptions(sku_ids) if sku_ids else {}

    def _cells(
        self, name: str, row: dict[str, Any], records: dict[str, Record], skus: dict[str, tuple[str, str]]
    ) -> list[Cell]:
        """A value for people: a SKU brings its category, a record its location, an amount its currency."""
        if name == "location_id":
            return [Cell(self.marts.scope_name("location", str(row[name] or "")))]
        if name == "sku_id":
            return self._sku(str(row[name]), skus)
        if name == "scope_id":
            record = records.get(str(row[name]))
            if record:
                place = self.marts.scope_name("location", record.location_id)
                return [*self._sku(record.sku_id, skus), Cell(place)]
            if skus:
                return [*self._sku(str(row[name]), skus), Cell(formats.DASH)]
            return [Cell(self.marts.scope_name(str(row.get("scope_type")), str(row[name])))]
        currency = str(row["currency"] or "") if "currency" in row else self.marts.currency
        return [Cell(formats.cell(name, row[name], currency), formats.is_number(row[name]))]

    @staticmethod
    def _sku(sku_id: str, skus: dict[str, tuple[str, str]]) -> list[Cell]:
        text, category = skus.get(sku_id, ("", ""))
        shown = formats.clean(sku_id)
        return [Cell(text or shown, note=shown if text else ""), Cell(formats.words(category.lower()))]

    def group(self, group: Group, target: Decimal | None, anchor: str) -> Grid | None:
        """Counts and sums of the definition; None when this generation lacks the model."""
        relation = self.marts.tables.get(group.rows.model)
        if relation is None:
            return None
        sums = [(column, magnitude) for column, magnitude, _ in order_terms(group.sums)]
        selected = "".join(f", sum({f'abs({ident(c)})' if m else ident(c)}) as sum_{n}" for n, (c, m) in enumerate(sums))
        found = self.marts.rows(
            f"select {ident(group.by)}, count(*) {selected} from ({self.marts.latest(relation, group.rows, target)}) "
            "group by 1 order by 2 desc, 1"
        )
        known = self.marts.columns(relation)
        most = max((row[1] for row in found), default=1)
        head = [(formats.column_label(group.by), known[group.by].comment, False), ("Rows", "", True), ("", "bar", False)]
        head += [
            (formats.column_label(c) + (", without sign" if m else ""), known[c].comment, True) for c, m in sums
        ]
        rows = []
        for value, number, *amounts in found:
            row = [Cell(formats.words(formats.cell(group.by, value))), Cell(f"{number:,}", True)]
            row.append(Cell("", markup=charts.bar(Decimal(number), Decimal(0), Decimal(most), None, "plain")))
            row += [
                Cell(formats.cell(c, amount, self.marts.currency), True)
                for (c, _), amount in zip(sums, amounts, strict=True)
            ]
            rows.append(row)
        return Grid(group.title, head, rows, len(rows), group.note, anchor)


def _type(scope_type: str) -> str:
    return f"scope_type = {literal(scope_type)}"
