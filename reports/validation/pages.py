"""The report's pages as values ready to print: the summary, a page per suite, a page per rule.

Here: what they say, and the order in which they are written. Not here: layout (templates/validation*.html), lists of
rows and flags (lists.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jinja2 import Environment

from expectations.results import withdrawal
from orchestration.lib.paths import Home
from orchestration.lib.sql import ident
from reports import downloads, formats
from reports.definitions import Page, Rows, Shown, Table
from reports.downloads import Download
from reports.grids import Cell, Grid, ModelTables
from reports.marts import Marts
from reports.subject import AGAIN, BLOCKED, PUBLISHED
from reports.validation import lists
from reports.validation.report import (
    CHANGE_WORDS,
    GRAVITY,
    OUTCOME_WORDS,
    Report,
    RuleFacts,
    column_words,
    link,
    owner_words,
    slug,
    suite_words,
    urgency,
    why,
)
from reports.validation.results import COULD_NOT_CHECK, CRITICAL, FAILED, HISTORY, PASSED, Audited
from reports.validation.words import NOBODY, sentence

FOLDER = "validation"
KEYS_SHOWN, BATCHES_SHOWN = 25, 10
_UNCHECKED = "Nobody knows whether this data is good or bad: the check itself failed."
ENDS = {
    PUBLISHED: ", so this generation was published.",
    BLOCKED: ", so this build was not published.",
    AGAIN: ".",
}
"""What follows from the critical rules, by kind of subject."""
_CRITICAL = "A build that breaks one of these is not published: readers keep the generation before."


def keys_grid(marts: Marts, rule: RuleFacts, title: str, sql: str, total: int, anchor: str) -> Grid:
    """The first keys of a list as a table, most money first where money is known; what a flag observed reads in the
    unit of the column that its rule judges."""
    columns = [str(row[0]) for row in marts.rows(f"describe {sql}")]
    order = [f"{ident(name)} desc nulls last" for name in columns if name.endswith("_amount")]
    order += [str(place) for place in range(1, len(columns) + 1)]
    found = marts.rows(f"select * from ({sql}) order by {', '.join(order)} limit {KEYS_SHOWN}")
    check = rule.words.check
    unit = (formats.column_display(check.observed) or "") if check else ""
    labels = {"observed_value": "Observed", "threshold_value": "Limit"}
    shown = Table(title, Rows(), tuple(Shown(n, unit if n in labels else "", labels.get(n, "")) for n in columns), ())
    return replace(ModelTables(marts).shown(shown, columns, found, total, {}, anchor), is_stacked=len(columns) > 2)


class Writer:
    """Writes the report's pages below a folder of a site, or as a site of their own where `folder` is empty; files go
    to the site's data/."""

    def __init__(
        self,
        home: Home,
        marts: Marts,
        templates: Environment,
        frame: Mapping[str, Any],
        pages: Mapping[str, Page],
        site: Path,
        write: Callable[[Path, str], None],
        folder: str = FOLDER,
    ) -> None:
        self.marts, self.templates, self.frame, self.site, self.put = marts, templates, frame, site, write
        self.folder, self.kind = folder, marts.subject.kind
        self.report = Report(home, marts, pages)
        self.written: list[str] = []

    def all(self) -> list[str]:
        """Write every page; their paths below the site."""
        (self.site / self.folder / "rule").mkdir(parents=True)
        (self.site / self.folder / "suite").mkdir()
        self._page("index.html", "validation.html", self.summary())
        for suite, rules in self.report.suites().items():
            self._page(f"suite/{slug(suite)}.html", "validation_suite.html", self.suite(suite, rules))
        for rule in self.report.rules:
            self._page(rule.href, "validation_rule.html", self.rule(rule))
        hrefs = {rule.now.rule: rule.href for rule in self.report.rules}
        for name, told in lists.pages(self.marts, self.site, hrefs).items():
            self._page(name, "validation_list.html", told)
        return self.written

    def _page(self, name: str, template: str, told: Mapping[str, Any]) -> None:
        path = f"{self.folder}/{name}".removeprefix("/")
        said = {**self.frame, "root": "../" * path.count("/"), "has_count_list": lists.has_count_list(self.marts)}
        self.put(self.site / path, self.templates.get_template(template).render(**said, **told))
        self.written.append(path)

    # --- the summary --------------------------------------------------------------------------------------------

    def summary(self) -> dict[str, Any]:
        """Verdict, counts, what blocks, what could not be checked, what changed, what to do next."""
        report, now = self.report, self.report.audits.now
        open_rules = sorted((r for r in report.rules if r.now.outcome != PASSED), key=urgency)
        blocking = [r for r in report.rules if r.now.blocks]
        criticals = [r for r in report.rules if r.now.severity == CRITICAL]
        unchecked = [r for r in report.rules if r.now.outcome == COULD_NOT_CHECK]
        points = report.audits.standing_trend()
        return {
            "standing": [
                ("good", f"{now.count(PASSED)} passed"),
                ("warning" if now.count(FAILED) else "good", f"{now.count(FAILED)} failed"),
                ("unknown" if now.count(COULD_NOT_CHECK) else "good", f"{now.count(COULD_NOT_CHECK)} not checkable"),
                ("critical" if blocking else "good", f"{len(blocking)} blocking" if blocking else "nothing blocks"),
            ],
            "said": self._said(len(criticals), len(blocking)),
            "is_blocked": self.kind == BLOCKED,
            "withdrawals": list(dict.fromkeys(command for rule in blocking for command in self._withdrawals(rule))),
            "facts": self._facts(),
            "todo": self._todo(open_rules),
            "unchecked": self._plain("Could not be checked", unchecked, _UNCHECKED),
            "critical": self._plain("Rules that block", criticals, _CRITICAL),
            "suites": self._suites(),
            "since": report.audits.since,
            "before": report.audits.before_name,
            "before_as_of": f"{formats.moment(report.audits.before.as_of)} UTC" if report.audits.before else "",
            "changes": self._changes(),
            "dropped": [formats.clean(o.name) for o in report.dropped],
            "trend": report.chart(points, "Rules that did not pass"),
            "audits": self._audits(),
            "downloads": self._history_file(),
        }

    def _said(self, criticals: int, blocking: int) -> str:
        now = self.report.audits.now
        if not now.outcomes:
            return "This generation holds no results of an audit."
        head = f"{blocking} of {criticals} critical rules did not pass" if blocking else ""
        head = (head or f"All {criticals} critical rules passed") + ENDS[self.kind]
        failed = sum(o.outcome == FAILED and not o.blocks for o in now.outcomes.values())
        tail = f"{failed} {'rule warns' if failed == 1 else 'rules warn'} of data that is bad and does not block."
        return f"{head} {tail if failed else 'No rule warns.'}"

    def _facts(self) -> list[tuple[str, str]]:
        now = self.report.audits.now
        rows = sum(o.failed for o in now.outcomes.values())
        facts = [("Rules", f"{len(now.outcomes):,}"), ("Suites", f"{len(self.report.suites()):,}")]
        facts += [("Failing keys, all rules", f"{rows:,}"), *lists.totals(self.marts)]
        return [*facts, ("Audits known", f"{len(self.report.audits.all):,}")]

    def _todo(self, rules: list[RuleFacts]) -> Grid:
        rows = [
            [
                self.report.rule_cell(rule),
                Cell(rule.said, status=rule.now.standing),
                Cell(why(rule)),
                Cell(owner_words(rule.words.owner)),
                Cell(rule.words.advice or formats.DASH),
            ]
            for rule in rules
        ]
        head = [("Rule", "", False), ("Outcome", "", False), ("Why now", "", False), ("Owner", "", False)]
        note = "The most urgent first: what blocks, what nobody could check, what is new, what grew."
        return Grid("What to do next", [*head, ("What to do", "", False)], rows, len(rows), note, "todo")

    def _plain(self, title: str, rules: list[RuleFacts], note: str) -> Grid:
        rows = [self.report.row(rule, "") for rule in rules]
        return Grid(title, self.report.head(), rows, len(rows), note)

    def _suites(self) -> Grid:
        """Every suite by severity, the gravest first, else in the order of the audit."""
        order, graded = list(GRAVITY), []
        for suite, rules in self.report.suites().items():
            for severity in sorted({r.now.severity for r in rules}):
                chosen = [r for r in rules if r.now.severity == severity]
                counted = [sum(r.now.outcome == outcome for r in chosen) for outcome in OUTCOME_WORDS]
                worst = max((r.now.standing for r in chosen), key=order.index)
                row = [
                    Cell("", markup=link(f"suite/{slug(suite)}.html", suite_words(suite))),
                    Cell(formats.words(formats.clean(severity))),
                    Cell(GRAVITY[worst], status=worst),
                    *(Cell(f"{number:,}", True) for number in (len(chosen), *counted)),
                    Cell(f"{sum(r.now.failed for r in chosen):,}", True),
                ]
                graded.append((-order.index(worst), row))
        rows = [row for _, row in sorted(graded, key=lambda one: one[0])]
        labels = ("Suite", "Severity", "Standing", "Rules", "Passed", "Failed", "Not checkable", "Failing keys")
        head = [(label, "", place > 2) for place, label in enumerate(labels)]
        return Grid("Suites", head, rows, len(rows))

    def _changes(self) -> Grid | None:
        if self.report.audits.before is None:
            return None
        order = list(CHANGE_WORDS)
        moved = [r for r in self.report.rules if r.change != "same" or (r.keys and (r.keys.new_count or 0))]
        rows = []
        for rule in sorted(moved, key=lambda r: (order.index(r.change), -r.now.failed, r.now.name)):
            standing, words = CHANGE_WORDS[rule.change]
            known = rule.keys is not None and rule.keys.new is not None
            came, went = (rule.keys.new_count, rule.keys.gone_count) if rule.keys and known else (None, None)
            rows.append(
                [
                    self.report.rule_cell(rule),
                    Cell(words if rule.change != "same" else "As many, others", status=standing),
                    Cell(formats.DASH if rule.before is None else f"{rule.before.failed:,}", True),
                    Cell(f"{rule.now.failed:,}", True),
                    Cell(formats.DASH if came is None else f"{came:,}", True),
                    Cell(formats.DASH if went is None else f"{went:,}", True),
                    Cell(owner_words(rule.words.owner)),
                ]
            )
        labels = ("Rule", "Change", "Failing then", "Failing now", "Keys that came", "Keys that went", "Owner")
        head = [(label, "", label.startswith(("Failing", "Keys"))) for label in labels]
        return Grid("Rules that moved", head, rows, len(rows))

    def _audits(self) -> Grid:
        own = "this build" if self.kind == BLOCKED else "this generation"

        def row(audit: Audited) -> list[Cell]:
            is_now = audit is self.report.audits.now
            verdict = ("critical", "blocked") if audit.blocked else ("good", "did not block")
            return [
                Cell(formats.moment(audit.as_of), note=own if is_now else ""),
                Cell(verdict[1], status=verdict[0]),
                *(Cell(f"{audit.count(outcome):,}", True) for outcome in OUTCOME_WORDS),
                Cell(f"{sum(o.failed for o in audit.outcomes.values()):,}", True),
                Cell(formats.clean(audit.content_hash[:10])),
            ]

        labels = ("As of, UTC", "Verdict", "Passed", "Failed", "Not checkable", "Failing keys", "Content")
        head = [(label, "", 1 < place < 6) for place, label in enumerate(labels)]
        found = [row(audit) for audit in reversed(self.report.audits.all)]
        return Grid("Audits", head, found, len(found))

    def _history_file(self) -> list[Download]:
        if not self.marts.has(HISTORY) or not self.report.audits.earlier:
            return []
        title = "Results of every earlier audit, rule by rule"
        return downloads.write(self.marts, self.site, "validation_history", title, f"select * from {HISTORY}")

    # --- suites and rules ---------------------------------------------------------------------------------------

    def suite(self, suite: str, rules: list[RuleFacts]) -> dict[str, Any]:
        """A suite: how it stands, its rules, how many did not pass over time."""
        names = {rule.now.name for rule in rules}
        counted = {o: sum(r.now.outcome == o for r in rules) for o in OUTCOME_WORDS}
        rows = [self.report.row(rule, "../", with_trend=True) for rule in sorted(rules, key=urgency)]
        table = Grid("Rules", self.report.head(with_trend=True), rows, len(rows))
        dimensions: dict[str, list[RuleFacts]] = {}
        for rule in rules:
            dimensions.setdefault(rule.words.dimension, []).append(rule)
        return {
            "suite": suite_words(suite),
            "identifier": formats.clean(suite),
            "standing": [
                (
                    {"passed": "good", "failed": "warning"}.get(o, "unknown") if counted[o] or o == PASSED else "good",
                    f"{counted[o]} {OUTCOME_WORDS[o]}",
                )
                for o in OUTCOME_WORDS
            ],
            "rules": table,
            "dimensions": [
                (formats.words(formats.clean(d)), sum(r.now.outcome == PASSED for r in found), len(found))
                for d, found in sorted(dimensions.items())
                if d
            ],
            "trend": self.report.chart(
                self.report.audits.standing_trend(names), f"{suite_words(suite)}, rules that did not pass"
            ),
        }

    def rule(self, rule: RuleFacts) -> dict[str, Any]:
        """A rule: what it says, how it stands, its trend, its keys, what to do."""
        worst, limit = self.report.observed(rule)
        points = self.report.audits.trend(rule.now.name)
        key_grids, files = self._keys(rule)
        check = rule.words.check
        return {
            "rule": rule,
            "suite": suite_words(rule.now.suite),
            "suite_href": f"../suite/{slug(rule.now.suite)}.html",
            "identifier": formats.clean(rule.now.rule),
            "change": CHANGE_WORDS[rule.change] if rule.change else None,
            "before": self.report.audits.before_name,
            "withdrawals": self._withdrawals(rule) if rule.now.blocks else [],
            "owner": owner_words(rule.words.owner),
            "has_owner": rule.words.owner != NOBODY,
            "message": sentence(rule.now.further("message")),
            "facts": [
                ("Worst seen", worst),
                ("Limit", limit),
                ("Rows checked", formats.DASH if rule.now.checked is None else f"{rule.now.checked:,}"),
                ("Failing before", formats.DASH if rule.before is None else f"{rule.before.failed:,}"),
            ],
            "judged": column_words(check.observed) if check else "",
            "trend": self.report.chart(points, rule.words.title),
            "history": self._history(rule),
            "keys": key_grids,
            "key_names": ", ".join(map(formats.column_label, rule.keys.key)) if rule.keys else "",
            "downloads": files,
        }

    def _history(self, rule: RuleFacts) -> Grid:
        check = rule.words.check
        rows = []
        for audit, told in reversed(self.report.audits.history(rule.now.name)):
            then = RuleFacts(told, None, "", rule.words, None)
            worst, limit = self.report.observed(then)
            failed = formats.DASH if told.outcome == COULD_NOT_CHECK else f"{told.failed:,}"
            rows.append(
                [
                    Cell(formats.moment(audit.as_of)),
                    Cell(then.said, status=told.standing),
                    Cell(failed, True),
                    Cell(formats.DASH if told.checked is None else f"{told.checked:,}", True),
                    Cell(worst, True),
                    Cell(limit, True),
                ]
            )
        labels = ("As of, UTC", "Outcome", "Failing", "Checked", "Worst seen", "Limit")
        words = {"Worst seen": column_words(check.observed) if check else ""}
        head = [(label, words.get(label, ""), place > 1) for place, label in enumerate(labels)]
        return Grid("Every audit", head, rows, len(rows))

    def _withdrawals(self, rule: RuleFacts) -> list[str]:
        """Commands that take out the batches that failing keys name, the first of them."""
        if rule.keys is None or "batch_id" not in rule.keys.key:
            return []
        found = self.marts.rows(
            f"select distinct batch_id from ({rule.keys.sql}) where batch_id <> '' order by 1 limit {BATCHES_SHOWN}"
        )
        return [command for (batch,) in found if (command := withdrawal(batch))]

    def _keys(self, rule: RuleFacts) -> tuple[list[Grid], list[Download]]:
        keys = rule.keys
        if keys is None:
            return [], []
        name, since = f"validation_{slug(rule.now.name)}", self.report.audits.since
        grids, files = [], []
        if keys.total:
            title = f"All {keys.total:,}" if keys.total <= KEYS_SHOWN else f"The first {KEYS_SHOWN} of {keys.total:,}"
            grids.append(keys_grid(self.marts, rule, title, keys.sql, keys.total, "keys"))
            files += downloads.write(
                self.marts, self.site, name, "Every failing key, with what is known of it", keys.sql
            )
        for words, sql, number, ending in (
            (f"Keys that came since {since}", keys.came, keys.new_count, "came"),
            (f"Keys that went since {since}", keys.gone, keys.gone_count, "went"),
        ):
            if sql and number:
                grids.append(keys_grid(self.marts, rule, words, sql, number, ending))
                files += downloads.write(self.marts, self.site, f"{name}.{ending}", words, sql)
        return grids, files
