"""One KPI's page as values ready to print: headline, trend, small multiples, breakdowns, reasons, worst scopes, alerts.

Here: what the page says, as text and charts. Not here: the tables its definition asks for (grids.py),
its layout (templates/kpi.html).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from markupsafe import Markup

from orchestration.lib.sql import literal
from reports import charts, formats
from reports.charts import Point
from reports.definitions import Page, Part
from reports.grids import Cell, Grid, sku_cells
from reports.marts import Kpi, Marts, Value, count

MULTIPLES = 12
MEMBERS = 25
WORST = 20
TREND_PERIODS = 120
BROAD = ("company", "division", "region", "location", "category")
"""Scope types in the order people ask for them; others follow by name."""

RANKED = ("sku", "sku_location")
"""Scope types that are ranked however few there are."""

RESTATEMENT = "scorecard.fct_kpi_restatement"

STATUS_WORDS = {
    "good": "on target",
    "warning": "off target",
    "critical": "far off target",
    "unknown": "no value",
    "untargeted": "no target",
}


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
    spark: Markup = field(default_factory=Markup)
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
        self.unit = formats.unit_word(self.display, kpi.unit, marts.currency)

    def bare(self, value: Decimal | None) -> str:
        """A value of the KPI for a column whose heading tells the unit."""
        return formats.bare(value, self.display)

    def headed(self, label: str) -> str:
        """A heading with the KPI's unit."""
        return f"{label}, {self.unit}" if self.unit else label

    def part_head(self, part: Part) -> str:
        """Heading of the numerator or denominator with its unit."""
        word = formats.unit_word(part.display, currency=self.marts.currency)
        return f"{part.label}, {word}" if word else part.label

    def figure(self, value: Decimal | None) -> str:
        """A value of the KPI as text."""
        return formats.figure(value, self.display, self.kpi.unit, self.marts.currency)

    def difference(self, value: Decimal | None) -> str:
        """A difference of two values of the KPI as text."""
        return formats.difference(value, self.display, self.unit)

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
        title = self._told(points, value.scope_id)
        drawn = [
            charts.line(points, self.figure, lambda v: formats.axis(v, self.display), title, frame, css)
            for frame, css in ((charts.WIDE, "wide"), (charts.NARROW, "narrow"))
        ]
        rows = [
            [Cell(formats.day(p.at)), Cell(self.figure(p.value), True), Cell(self.figure(p.target), True)]
            for p in points[::-1]
        ]
        history = Grid(
            "Values", [("Period end", "", False), ("Value", "", True), ("Target", "", True)], rows, len(rows)
        )
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
            spark=charts.spark(points, self.figure, title),
            periods=len(points),
        )

    def _told(self, points: list[Point], name: str) -> str:
        """What a chart shows, for those who do not see it."""
        known = [p for p in points if p.value is not None]
        if not known:
            return formats.clean(f"{self.kpi.kpi_name}, {name}: no value")
        ends = [f"{self.figure(p.value)} on {formats.day(p.at)}" for p in (known[0], known[-1])]
        course = ends[1] if len(known) == 1 else f"from {ends[0]} to {ends[1]}"
        return formats.clean(f"{self.kpi.kpi_name}, {name}: {course}; target {self.figure(known[-1].target)}")

    def multiples(self) -> list[tuple[str, list[Multiple], int]]:
        """(scope type, small charts, number of scopes) of divisions, regions and locations; the worst when many."""
        found = []
        for scope_type, scopes in self.scope_types():
            if scope_type not in ("division", "region", "location") or scopes < 2:
                continue
            values = self.marts.values(self.kpi.kpi_id, _type(scope_type), f"{self._badness}, scope_id", MULTIPLES)
            trends = {v.scope_id: charts.told(self.trend(scope_type, v.scope_id)) for v in values}
            domains = [d for points in trends.values() if (d := charts.domain_of(points))]
            if not domains or max(map(len, trends.values())) < 2:
                continue
            domain = (min(low for low, _ in domains), max(high for _, high in domains))
            drawn = []
            for v in sorted(values, key=lambda v: v.scope_id):
                name = self.marts.scope_name(scope_type, v.scope_id)
                title = self._told(trends[v.scope_id], name)
                chart = charts.spark(trends[v.scope_id], self.figure, title, charts.SMALL, domain)
                drawn.append(Multiple(name, self.figure(v.value), v.status, chart))
            found.append((scope_type, drawn, scopes))
        return found

    def breakdowns(self) -> list[Grid]:
        """A table with bars per broad scope type, worst first."""
        grids = []
        for scope_type, scopes in self.scope_types():
            if scope_type in ("company", self.narrowest()):
                continue
            values = self.marts.values(self.kpi.kpi_id, _type(scope_type), f"{self._badness}, scope_id", MEMBERS)
            if scope_type == "sku":
                continue  # the worst list speaks of SKUs, with their locations
            names = self._names(values)
            title = f"By {formats.inner_words(scope_type)}"
            grids.append(self._grid(title, values, names, scopes, bars=True, anchor=f"by-{scope_type}"))
        return grids

    def narrowest(self) -> str:
        """The scope type whose members are ranked instead of listed: the one with most; empty when all are few."""
        others = [(n, name) for name, n in self.scope_types() if name not in BROAD and (n > MEMBERS or name in RANKED)]
        return max(others)[1] if others else ""

    def _names(self, values: list[Value]) -> dict[str, str]:
        names = self.marts.scope_names((v.scope_type, v.scope_id) for v in values)
        return {scope_id: name for (_, scope_id), name in names.items()}

    def worst(self) -> Grid | None:
        """The scopes of the narrowest type that are worst, money behind them deciding between equals."""
        scope_type = self.narrowest()
        if not self.page.has_worst or not scope_type:
            return None
        where = f"{_type(scope_type)} and kpi_value is not null"
        order = f"{self._badness}, abs(denominator) desc nulls last, scope_id"
        values = self.marts.values(self.kpi.kpi_id, where, order, WORST)
        total = count(self.marts, f"select 1 from judged where kpi_id = '{self.kpi.kpi_id}' and {where}")
        records = self.marts.records(v.scope_id for v in values) if scope_type == "sku_location" else {}
        if scope_type != "sku_location" or len(records) < len(values):
            title = f"Worst by {formats.words(scope_type)}"
            return self._grid(title, values, self._names(values), total, anchor="worst")
        title = "Worst SKU-locations"
        skus = self.marts.descriptions(record.sku_id for record in records.values())
        grid = self._grid(title, values, {}, total, anchor="worst")
        head = [("SKU", "", False), ("Category", "", False), ("Location", "", False), *grid.head[1:]]
        rows = []
        for value, row in zip(values, grid.rows, strict=True):
            record = records[value.scope_id]
            place = self.marts.scope_name("location", record.location_id)
            rows.append([*sku_cells(record.sku_id, skus), Cell(place), *row[1:]])
        return Grid(title, head, rows, total, grid.note, "worst")

    def _grid(
        self, title: str, values: list[Value], names: dict[str, str], total: int, bars: bool = False, anchor: str = ""
    ) -> Grid:
        page = self.page
        several, targets = (
            len({v.period_end for v in values}) > 1,
            sorted({v.target for v in values if v.target is not None}),
        )
        numbers = [n for v in values for n in (v.value, v.target) if n is not None]
        low, high = min([Decimal(0), *numbers]), max([Decimal(0), *numbers])
        name = formats.words(values[0].scope_type) if values else "Scope"
        head = [(name, "", False), (self.headed("Value"), "", True)]
        head += [("", "bar", False)] if bars else []
        head += [(self.headed("Gap"), "Value less target", True)]
        head += [("Standing", "", False), (self.headed("Change"), "Against the period before", True)] if bars else []
        head += [(self.part_head(page.numerator), "", True), (self.part_head(page.denominator), "", True)]
        head += [("Period end", "", False)] if several else []
        rows = []
        for v in values:
            change = v.value - v.previous if v.value is not None and v.previous is not None else None
            row = [Cell(names.get(v.scope_id, formats.clean(v.scope_id)))]
            row.append(Cell(self.bare(v.value), True, note=formats.words(v.reason or "").lower()))
            row += [Cell("", markup=charts.bar(v.value, low, high, v.target, v.status))] if bars else []
            row.append(Cell(formats.difference(v.gap, self.display), True))
            row += [Cell(STATUS_WORDS[v.status], status=v.status)] if bars else []
            row += [Cell(formats.difference(change, self.display), True)] if bars else []
            row.append(Cell(formats.bare(v.numerator, page.numerator.display), True))
            row.append(Cell(formats.bare(v.denominator, page.denominator.display), True))
            row += [Cell(formats.day(v.period_end))] if several else []
            rows.append(row)
        told = f"Target {' or '.join(map(self.figure, targets))}." if targets else "No target."
        return Grid(title, head, rows, total, told, anchor)

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
            "select scope_type, scope_id, first_seen_date, period_end_date, kpi_value, target_value, gap_value, "
            "severity, owner from scorecard.fct_alert where kpi_id = ? and alert_status = 'open' "
            "order by severity, abs(gap_value) desc, alert_id",
            [self.kpi.kpi_id],
        )
        names = self.marts.scope_names((row[0], row[1]) for row in found[:MEMBERS])
        rows = [
            [
                Cell(formats.words(severity), status=severity),
                Cell(names[scope_type, scope_id], note=formats.inner_words(scope_type)),
                Cell(self.bare(value), True),
                Cell(self.bare(target), True),
                Cell(formats.difference(gap, self.display), True),
                Cell(formats.day(first_seen)),
                Cell(formats.day(period_end)),
                Cell(formats.words(formats.clean(owner))),
            ]
            for scope_type, scope_id, first_seen, period_end, value, target, gap, severity, owner in found[:MEMBERS]
        ]
        labels = ("Severity", "Scope", "Value", "Target", "Gap", "First seen", "Period end", "Owner")
        figures = ("Value", "Target", "Gap")
        head = [(self.headed(name) if name in figures else name, "", name in figures) for name in labels]
        return Grid("Open alerts", head, rows, len(found), anchor="alerts")

    def restated(self) -> Grid | None:
        """Figures of closed periods that were told otherwise than before, the newest first; None without any."""
        if not self.marts.has(RESTATEMENT):
            return None
        found = self.marts.rows(
            "select scope_type, scope_id, period_end_date, told_before_at, restated_at, told_kpi_value, kpi_value, "
            f"told_reason_code, reason_code, kpi_value - told_kpi_value from {RESTATEMENT} where kpi_id = ? "
            "order by restated_at desc, abs(kpi_value - told_kpi_value) desc nulls first, period_end_date desc, "
            "scope_type, scope_id",
            [self.kpi.kpi_id],
        )
        if not found:
            return None
        names = self.marts.scope_names((row[0], row[1]) for row in found[:MEMBERS])
        rows = [
            [
                Cell(names[scope_type, scope_id], note=formats.inner_words(scope_type)),
                Cell(formats.day(period_end)),
                Cell(self.bare(old), True, note=formats.words(old_reason or "").lower()),
                Cell(self.bare(new), True, note=formats.words(reason or "").lower()),
                Cell(formats.difference(change, self.display), True),
                Cell(formats.day(told_at.date())),
                Cell(formats.day(restated_at.date())),
            ]
            for scope_type, scope_id, period_end, told_at, restated_at, old, new, old_reason, reason, change in found[
                :MEMBERS
            ]
        ]
        labels = ("Scope", "Period end", "Told before", "Now", "Change", "Told on", "Restated on")
        figures = ("Told before", "Now", "Change")
        head = [(self.headed(name) if name in figures else name, "", name in figures) for name in labels]
        note = "The books of these periods are closed; what came later moved the figure."
        return Grid("Restated figures of closed periods", head, rows, len(found), note, "restated")


def _type(scope_type: str) -> str:
    return f"scope_type = {literal(scope_type)}"
