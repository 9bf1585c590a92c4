"""What the audits said: the subject's outcomes, those it is compared with, and the history, rule by rule.

Here: reading results. Not here: what a rule means (words.py), its keys (keys.py), pages.

Marts cannot hold the results of their own audit as rows: they land as a source and the next run reads them. So a
generation's outcomes come from its manifest, with figures from the batch that its audit landed, and those of an audit
that has just been made from itself; the history is visibility.fct_validation_result of the same marts. A column that a
later version adds (owner, dimension, message) is taken along where it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.lib.paths import Home
from orchestration.lib.sql import ident
from reports.charts import Point
from reports.marts import Marts
from reports.subject import AGAIN, BLOCKED, PUBLISHED

PASSED, FAILED, COULD_NOT_CHECK = "passed", "failed", "could_not_check"
CRITICAL = "critical"
HISTORY = "visibility.fct_validation_result"
AUDITS_SHOWN = 120
EXTRAS = ("owner", "dimension", "message")

SINCE = {
    PUBLISHED: "the generation before",
    BLOCKED: "the generation that readers have",
    AGAIN: "the audit that let it be published",
}
"""What a subject of each kind is compared with, in words."""

_BATCHES = ("audit", "gx", "validation_results")


@dataclass(frozen=True)
class Outcome:
    """What one audit said of one rule; `checked`, `observed` and `threshold` are None where only a manifest tells."""

    suite: str
    rule: str
    severity: str
    outcome: str
    failed: int
    checked: int | None = None
    observed: str | None = None
    threshold: str | None = None
    extras: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """suite.rule."""
        return f"{self.suite}.{self.rule}"

    @property
    def blocks(self) -> bool:
        """True when a build with this outcome is not published."""
        return self.severity == CRITICAL and self.outcome != PASSED

    @property
    def standing(self) -> str:
        """Status of the house: good, warning, critical, or unknown for a warning that nobody could check."""
        if self.outcome == PASSED:
            return "good"
        if self.severity == CRITICAL:
            return "critical"
        return "unknown" if self.outcome == COULD_NOT_CHECK else "warning"

    def further(self, name: str) -> str:
        """A further column of the results; empty where there is none."""
        return dict(self.extras).get(name, "")


@dataclass(frozen=True)
class Audited:
    """One audit: the content it looked at, its cut-off, and its outcomes by rule name."""

    content_hash: str
    as_of: datetime
    outcomes: dict[str, Outcome]

    @property
    def blocked(self) -> bool:
        """True when it kept its build from being published."""
        return any(outcome.blocks for outcome in self.outcomes.values())

    def count(self, outcome: str) -> int:
        """Rules with that outcome."""
        return sum(found.outcome == outcome for found in self.outcomes.values())


class Audits:
    """The subject's audit, those before it, and the one it is compared with: `before`, called `before_name`, which is
    `since` in words."""

    def __init__(self, home: Home, marts: Marts) -> None:
        self.subject = subject = marts.subject
        own = subject.content_hash
        self.now = Audited(own, _moment(subject.as_of), _completed(_outcomes(subject.rules), _landed(home, own)))
        self.earlier = [audit for audit in _history(marts) if audit.content_hash != own]
        self.since, self.before, self.before_name = self._before()

    def _before(self) -> tuple[str, Audited | None, str]:
        """The audit of the generation that the subject is compared with, else the newest one that did not block."""
        before, kind = self.subject.before, self.subject.kind
        if before and (kind != PUBLISHED or before.manifest["content_hash"] != self.now.content_hash):
            content = before.manifest["content_hash"]
            told = [audit.outcomes for audit in self.earlier if audit.content_hash == content]
            outcomes = _completed(_outcomes(before.manifest["audit"].get("rules", {})), told) or (
                told[-1] if told else {}
            )
            if outcomes:
                return SINCE[kind], Audited(content, _moment(before.manifest["as_of"]), outcomes), before.name
        published = [audit for audit in self.earlier if not audit.blocked]
        if not published:
            return SINCE[kind], None, ""
        since = SINCE[kind] if kind == PUBLISHED else "the last audit that did not block"
        return since, published[-1], f"content {published[-1].content_hash[:10]}"

    @property
    def all(self) -> list[Audited]:
        """Audits, the oldest first, the subject's last."""
        return [*self.earlier, self.now]

    def history(self, name: str) -> list[tuple[Audited, Outcome]]:
        """Audits that looked at a rule, the oldest first."""
        return [(audit, audit.outcomes[name]) for audit in self.all if name in audit.outcomes]

    def trend(self, name: str) -> list[Point]:
        """Failing rows at the last audit of each day; no value where the rule could not be checked."""
        return _daily(
            [
                (audit, None if found.outcome == COULD_NOT_CHECK else Decimal(found.failed))
                for audit, found in self.history(name)
            ]
        )

    def standing_trend(self, names: set[str] | None = None) -> list[Point]:
        """Rules that did not pass at the last audit of each day, of those named."""
        told: list[tuple[Audited, Decimal | None]] = []
        for audit in self.all:
            chosen = [o for n, o in audit.outcomes.items() if names is None or n in names]
            if chosen:
                told.append((audit, Decimal(sum(o.outcome != PASSED for o in chosen))))
        return _daily(told)


def change(now: Outcome | None, before: Outcome | None) -> str:
    """How a rule stands against the generation before: newly_failing, worse, better, mended, unchecked, checked_again,
    new_rule, dropped or same."""
    if now is None:
        return "dropped"
    if before is None:
        return "new_rule" if now.outcome == PASSED else "unchecked" if now.outcome != FAILED else "newly_failing"
    if now.outcome == COULD_NOT_CHECK:
        return "same" if before.outcome == COULD_NOT_CHECK else "unchecked"
    if now.outcome == PASSED:
        return {FAILED: "mended", COULD_NOT_CHECK: "checked_again"}.get(before.outcome, "same")
    if before.outcome != FAILED:
        return "newly_failing"
    return "worse" if now.failed > before.failed else "better" if now.failed < before.failed else "same"


def _daily(values: list[tuple[Audited, Decimal | None]]) -> list[Point]:
    days = {audit.as_of.date(): value for audit, value in values}
    return [Point(day, value, Decimal(0)) for day, value in sorted(days.items())]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.removesuffix("Z"))


def _outcomes(rules: Mapping[str, Mapping[str, Any]]) -> dict[str, Outcome]:
    """Outcomes as a manifest names them, or as an audit that was just made tells them in full."""
    found = {}
    for name, told in sorted(rules.items()):
        suite, _, rule = name.partition(".")
        found[name] = Outcome(
            suite,
            rule,
            told["severity"],
            told["outcome"],
            int(told["failed_rows"]),
            told.get("checked_rows"),
            told.get("observed"),
            told.get("threshold"),
            tuple((extra, str(told[extra])) for extra in EXTRAS if told.get(extra)),
        )
    return found


def _landed(home: Home, content_hash: str) -> list[dict[str, Outcome]]:
    """Outcomes of the batches that audits of this content landed."""
    found = []
    folder = home.landing.joinpath(*_BATCHES)
    for batch in sorted(folder.glob(f"{content_hash[:12]}-*")):
        rows: list[dict[str, Any]] = []
        if (batch / "_manifest.json").is_file():
            for path in sorted(batch.glob("*.parquet")):
                table: pa.Table = pq.read_table(path)
                rows += [row for row in table.to_pylist() if row["content_hash"] == content_hash]
        if rows:
            found.append({outcome.name: outcome for outcome in map(_of_landed, rows)})
    return found


def _of_landed(row: dict[str, Any]) -> Outcome:
    return Outcome(
        row["suite"],
        row["rule"],
        row["severity"],
        row["outcome"],
        int(row["failed_rows"]),
        int(row["checked_rows"]),
        row["observed"],
        row["threshold"],
        tuple((name, str(row[name])) for name in EXTRAS if row.get(name)),
    )


def _completed(outcomes: dict[str, Outcome], batches: list[dict[str, Outcome]]) -> dict[str, Outcome]:
    """Outcomes without figures, each with those of a batch that says the same of it: an audit that was repeated may
    have landed a second one that says something else."""

    def verdict(outcome: Outcome) -> tuple[str, str, int]:
        return outcome.severity, outcome.outcome, outcome.failed

    completed = {}
    for name, told in outcomes.items():
        same = [found[name] for found in batches if name in found and verdict(found[name]) == verdict(told)]
        completed[name] = same[-1] if same and told.checked is None else told
    return completed


def _history(marts: Marts) -> list[Audited]:
    if not marts.has(HISTORY):
        return []
    columns = marts.columns(HISTORY)
    extras = [name for name in EXTRAS if name in columns]
    further = "".join(f", {ident(name)}::varchar" for name in extras)
    found = marts.rows(
        "select content_hash, as_of_at, suite, rule_id, severity, outcome, failed_row_count, checked_row_count, "
        f"observed, threshold{further} from {HISTORY} "
        f"qualify dense_rank() over (order by as_of_at desc, content_hash desc) <= {AUDITS_SHOWN} "
        "order by as_of_at, content_hash, suite, rule_id"
    )
    audits: dict[str, Audited] = {}
    for content_hash, as_of, *told in found:
        audit = audits.setdefault(content_hash, Audited(content_hash, as_of, {}))
        values = tuple((name, value) for name, value in zip(extras, told[8:], strict=True) if value)
        outcome = Outcome(*told[:8], extras=values)
        audit.outcomes[outcome.name] = outcome
    return list(audits.values())
