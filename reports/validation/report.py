"""The facts of the report: each rule of a subject with its standing, its words, its keys, and cells that tell them.

Here: facts and the words for them. Not here: which page says what (pages.py).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from markupsafe import Markup

from orchestration.lib.paths import Home
from reports import charts, formats
from reports.charts import Point
from reports.definitions import Page
from reports.grids import Cell
from reports.marts import Marts
from reports.validation.keys import KeyBook, Keys
from reports.validation.results import COULD_NOT_CHECK, FAILED, PASSED, Audits, Outcome, change
from reports.validation.words import Vocabulary, Words

_RISKY_NAME = re.compile(r"[^A-Za-z0-9_.-]")

OUTCOME_WORDS = {PASSED: "passed", FAILED: "failed", COULD_NOT_CHECK: "could not be checked"}
CHANGE_WORDS = {
    "unchecked": ("unknown", "Cannot be checked now"),
    "newly_failing": ("critical", "Newly failing"),
    "worse": ("warning", "Worse"),
    "better": ("good", "Better"),
    "mended": ("good", "Mended"),
    "checked_again": ("good", "Checked again, and passed"),
    "new_rule": ("unknown", "New rule, passed"),
    "dropped": ("unknown", "No longer checked"),
    "same": ("unknown", "As before"),
}
"""Standing and words of each change, the most urgent first."""


def slug(name: str) -> str:
    """A rule's or suite's name as a file name; one that would not be one is told apart by its hash."""
    safe = _RISKY_NAME.sub("-", name).lstrip(".-")[:80] or "unnamed"
    return safe if safe == name else f"{safe}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


GRAVITY = {"good": "all passed", "unknown": "not all checkable", "warning": "some failed", "critical": "blocks"}
"""Standings of a suite in words, the gravest last."""


@dataclass(frozen=True)
class RuleFacts:
    """One rule: what was said of it now and before, its words and its failing keys."""

    now: Outcome
    before: Outcome | None
    change: str
    words: Words
    keys: Keys | None

    @property
    def href(self) -> str:
        """Page of the rule, below the report's folder."""
        return f"rule/{slug(self.now.name)}.html"

    @property
    def said(self) -> str:
        """The outcome in words."""
        told = OUTCOME_WORDS.get(self.now.outcome, self.now.outcome)
        return f"{told}, blocks" if self.now.blocks else told


class Report:
    """Everything the report says of one subject."""

    def __init__(self, home: Home, marts: Marts, pages: Mapping[str, Page]) -> None:
        self.marts, self.audits = marts, Audits(home, marts)
        vocabulary, book = Vocabulary(marts, pages), KeyBook(home, marts, self.audits)
        before = self.audits.before.outcomes if self.audits.before else {}
        self.rules: list[RuleFacts] = []
        for name, now in self.audits.now.outcomes.items():
            words = vocabulary.of(now)
            told = change(now, before.get(name)) if self.audits.before else ""
            self.rules.append(RuleFacts(now, before.get(name), told, words, book.of(now, words)))
        self.dropped = [before[name] for name in before if name not in self.audits.now.outcomes]

    def suites(self) -> dict[str, list[RuleFacts]]:
        """Rules by suite, in the order they were audited."""
        found: dict[str, list[RuleFacts]] = {}
        for rule in self.rules:
            found.setdefault(rule.now.suite, []).append(rule)
        return found

    # --- cells --------------------------------------------------------------------------------------------------

    def rule_cell(self, rule: RuleFacts, up: str = "") -> Cell:
        """The rule's title as a link, its identifier below."""
        return Cell("", markup=link(up + rule.href, rule.words.title), note=formats.clean(rule.now.rule))

    def value(self, rule: RuleFacts, text: str | None, column: str | None) -> str:
        """An observed value or a limit as people read it, by the column of the rule it belongs to."""
        if text is None:
            return formats.DASH
        try:
            number = Decimal(text)
        except InvalidOperation:
            return formats.clean(text)
        display = "days" if (column or "").endswith("_hours") else formats.column_display(column or "")
        if not number.is_finite():
            return formats.clean(text)
        if display == "percent" and 0 < abs(number) < Decimal("0.0005"):
            return f"{'under' if number > 0 else 'above'} {'' if number > 0 else formats.MINUS}0.1 %"
        word = formats.unit_word(display or "", currency=self.marts.currency)
        word = "hours" if (column or "").endswith("_hours") else word
        return f"{formats.bare(number, display or 'quantity')} {word}".rstrip()

    def observed(self, rule: RuleFacts) -> tuple[str, str]:
        """(worst value seen, its limit) of a rule."""
        check = rule.words.check
        column = check.observed if check else None
        return (
            self.value(rule, rule.now.observed, column),
            self.value(rule, rule.now.threshold, (check.threshold if check else None) or column),
        )

    def row(self, rule: RuleFacts, up: str, with_trend: bool = False) -> list[Cell]:
        """A rule in a table: title, standing, failing rows, rows checked, worst value, limit, change, owner."""
        worst, limit = self.observed(rule)
        checked = formats.DASH if rule.now.checked is None else f"{rule.now.checked:,}"
        standing, words = CHANGE_WORDS[rule.change] if rule.change else ("unknown", formats.DASH)
        row = [
            self.rule_cell(rule, up),
            Cell(formats.words(rule.now.severity)),
            Cell(rule.said, status=rule.now.standing),
            Cell(formats.DASH if rule.now.outcome == COULD_NOT_CHECK else f"{rule.now.failed:,}", True),
            Cell(checked, True),
            Cell(worst, True),
            Cell(limit, True),
            Cell(words, status=standing if rule.change not in ("", "same") else ""),
        ]
        if with_trend:
            points = self.audits.trend(rule.now.name)
            row.append(Cell("", markup=charts.spark(points, count_words, self.told(points, rule.words.title))))
        return [*row, Cell(owner_words(rule.words.owner))]

    @staticmethod
    def head(with_trend: bool = False) -> list[tuple[str, str, bool]]:
        """Headings of `row`."""
        labels = ["Rule", "Severity", "Outcome", "Failing", "Checked", "Worst seen", "Limit", "Change"]
        labels += ["Trend", "Owner"] if with_trend else ["Owner"]
        return [(label, "", label in ("Failing", "Checked", "Worst seen", "Limit")) for label in labels]

    @staticmethod
    def told(points: list[Point], name: str) -> str:
        """What a trend shows, for those who do not see it."""
        known = [p for p in points if p.value is not None]
        if not known:
            return formats.clean(f"{name}: could not be checked")
        ends = [f"{count_words(p.value)} on {formats.day(p.at)}" for p in (known[0], known[-1]) if p.value is not None]
        return formats.clean(f"{name}: " + (f"from {ends[0]} to {ends[1]}" if len(known) > 1 else ends[0]))

    def chart(self, points: list[Point], name: str) -> list[Markup]:
        """A trend at both widths; nothing without a value."""
        drawn = [
            charts.line(points, count_words, _whole, self.told(points, name), frame, css)
            for frame, css in ((charts.WIDE, "wide"), (charts.NARROW, "narrow"))
        ]
        return [chart for chart in drawn if chart]


def column_words(name: str) -> str:
    """What a rule judges, in words: the column's name without the ending that only tells its unit."""
    return formats.words(re.sub(r"_(amount|ratio|qty|date|at|id|days|hours)$", "", name))


def count_words(value: Decimal) -> str:
    """A count of rows or rules as text."""
    return f"{int(value):,}"


def _whole(value: Decimal) -> str:
    """A value beside an axis of counts: whole numbers only."""
    return formats.axis(value, "number") if value == int(value) else ""


def owner_words(owner: str) -> str:
    """An owner for people."""
    return formats.words(formats.clean(owner))


def link(href: str, text: str) -> Markup:
    """A link with its text escaped."""
    return Markup('<a href="{}">{}</a>').format(href, formats.clean(text) or formats.DASH)


def urgency(rule: RuleFacts) -> tuple[int, int, int, int, str]:
    """What is done first: what blocks, what nobody could check, what is new, what grew, then the larger number."""
    order = list(CHANGE_WORDS)
    return (
        not rule.now.blocks,
        rule.now.outcome != COULD_NOT_CHECK,
        order.index(rule.change) if rule.change else len(order),
        -rule.now.failed,
        rule.now.name,
    )


def why(rule: RuleFacts) -> str:
    """Why a rule is on the list of what to do."""
    if rule.now.outcome == COULD_NOT_CHECK:
        reason = formats.clean(rule.now.further("message"))
        return "Nobody could check it" + (f": {reason}" if reason else ": repair the check, the data may be sound")
    rows = f"{rule.now.failed:,} failing"
    if rule.change == "worse" and rule.before:
        return f"Worse: {rows}, {rule.before.failed:,} before"
    if rule.change == "better" and rule.before:
        return f"Better, not done: {rows}, {rule.before.failed:,} before"
    return f"{CHANGE_WORDS[rule.change][1]}: {rows}" if rule.change else rows.capitalize()


def suite_words(suite: str) -> str:
    """A suite's name for people."""
    return formats.words(formats.clean(suite)) or formats.DASH
