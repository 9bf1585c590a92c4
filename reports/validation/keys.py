"""Failing keys of a rule: the complete list with what is known of each, and how it differs from the generation before.

Here: reading the audit's <suite>.<rule>.csv, joining evidence. Not here: how many keys there must be
(results.py) and the page (pages.py).

Those files hold an apostrophe before a text that a spreadsheet would take for a formula; it is taken off here, so that
a page shows the text as it is and the Parquet file holds it; the CSV beside the page gets its own guard (downloads.py).
Where the audit's file is not kept, the rule's own SQL over the published marts gives the keys, if they are as many as
the audit counted; else nobody can say them, and the page says so.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from expectations.check import FLAGS
from expectations.runner import keys_relation
from orchestration.lib.paths import Home
from orchestration.lib.sql import ident, literal
from reports.marts import Marts, count
from reports.subject import keys_folder
from reports.validation.results import COULD_NOT_CHECK, Audits, Outcome
from reports.validation.words import Words

_GUARDED = re.compile(r"^'(?=[=+\-@\t\r])")
_RECORD = ("sku_id", "location_id")
_FLAG_COLUMNS = ("severity", "observed_value", "threshold_value", "evidence", "on_hand_qty", "on_hand_amount")


@dataclass(frozen=True)
class Keys:
    """Failing keys as SQL: `sql` gives all of them with evidence in `columns`, `total` counts them; `new` and `gone`
    are the keys that came and went since the generation before, None where that one's keys are not known."""

    key: tuple[str, ...]
    columns: tuple[str, ...]
    sql: str
    total: int
    new: str | None
    gone: str | None
    new_count: int = 0
    gone_count: int = 0

    @property
    def came(self) -> str | None:
        """The new keys with what is known of each."""
        if self.new is None:
            return None
        on = " and ".join(f"n.{ident(name)} is not distinct from a.{ident(name)}" for name in self.key)
        return f"select a.* from ({self.sql}) as a semi join ({self.new}) as n on {on}"


def _has_keys(outcome: Outcome) -> bool:
    """True where rows broke the rule, be it within what policy allows."""
    return outcome.outcome != COULD_NOT_CHECK and outcome.failed > 0


class KeyBook:
    """Finds keys for the rules of one subject."""

    def __init__(self, home: Home, marts: Marts, audits: Audits) -> None:
        self.home, self.marts, self.audits = home, marts, audits
        self._made = 0

    def of(self, outcome: Outcome, words: Words) -> Keys | None:
        """Keys of a rule; None where it did not fail and did not before, or where they are not known any more."""
        table, key = self._now(outcome, words)
        if _has_keys(outcome) and not key:
            return None
        before, key_before = self._before(outcome)
        key = key or key_before
        if not key:
            return None
        if not table:
            table = self._table(key, [])
        new, gone = self._differences(table, before, key)
        columns, sql = self._with_evidence(table, key, outcome, words)
        made = {name: count(self.marts, told) if told else 0 for name, told in (("new", new), ("gone", gone))}
        total = count(self.marts, f"select 1 from {table}")
        return Keys(key, columns, sql, total, new, gone, made["new"], made["gone"])

    def _now(self, outcome: Outcome, words: Words) -> tuple[str, tuple[str, ...]]:
        if not _has_keys(outcome):
            return "", ()
        found = self._file(self.marts.subject.keys, outcome.name)
        if found and count(self.marts, f"select 1 from {found[0]}") == outcome.failed:
            return found
        if words.check is None:
            return "", ()
        name = self._next()
        try:
            self.marts.connection.execute(f"create temp table {name} as {keys_relation(words.check)}")
        except duckdb.Error:  # the rule of this checkout is about marts that this generation has not
            return "", ()
        known = count(self.marts, f"select 1 from {name}") == outcome.failed
        return (name, words.check.key) if known else ("", ())

    def _before(self, outcome: Outcome) -> tuple[str, tuple[str, ...]]:
        """The keys of the generation before; an empty list where it passed, nothing where nobody knows."""
        audit = self.audits.before
        before = audit.outcomes.get(outcome.name) if audit else None
        if audit is None or before is None:
            return "", ()
        if not _has_keys(before):
            return ("" if before.outcome == COULD_NOT_CHECK else "none"), ()
        found = self._file(keys_folder(self.home, audit.content_hash), outcome.name)
        return found if found and count(self.marts, f"select 1 from {found[0]}") == before.failed else ("", ())

    def _differences(self, now: str, before: str, key: tuple[str, ...]) -> tuple[str | None, str | None]:
        if not before:
            return None, None
        names = ", ".join(map(ident, key))
        if before == "none":
            return f"select {names} from {now}", f"select {names} from {now} where false"
        described = tuple(str(row[0]) for row in self.marts.rows(f"describe {before}"))
        if described != key:
            return None, None
        return (
            f"select {names} from {now} except select {names} from {before}",
            f"select {names} from {before} except select {names} from {now}",
        )

    def _file(self, folder: Path, name: str) -> tuple[str, tuple[str, ...]] | None:
        path = folder / f"{Path(name).name}.csv"
        if not path.is_file():
            return None
        try:
            with path.open(newline="", encoding="utf-8") as file:
                head, *rows = csv.reader(file)
            return self._table(tuple(head), rows), tuple(head)
        except (ValueError, csv.Error):  # cut off in the middle: as good as not kept
            return None

    def _table(self, key: tuple[str, ...], rows: list[list[str]]) -> str:
        texts = [[_GUARDED.sub("", cell) for cell in column] for column in zip(*rows, strict=True)]
        arrow = pa.table({name: pa.array(texts[n] if rows else [], pa.string()) for n, name in enumerate(key)})
        name = self._next()
        self.marts.connection.register(f"{name}_arrow", arrow)
        self.marts.connection.execute(f"create temp table {name} as select * from {name}_arrow")
        self.marts.connection.unregister(f"{name}_arrow")
        return name

    def _next(self) -> str:
        self._made += 1
        return f"failing_keys_{self._made}"

    def _with_evidence(
        self, table: str, key: tuple[str, ...], outcome: Outcome, words: Words
    ) -> tuple[tuple[str, ...], str]:
        """(columns, SQL of all keys with them): the flag's evidence, else the value and limit of the rule's mart. Keys
        alone where the mart would multiply them."""
        plain = f"select {', '.join(map(ident, key))} from {table}"
        total = count(self.marts, plain)
        for columns, sql in self._joins(table, key, outcome, words):
            try:
                if count(self.marts, sql) == total:
                    return (*key, *columns), sql
            except duckdb.Error:  # this generation's mart has another shape
                continue
        return key, plain

    def _joins(
        self, table: str, key: tuple[str, ...], outcome: Outcome, words: Words
    ) -> list[tuple[tuple[str, ...], str]]:
        names = ", ".join(f"k.{ident(name)}" for name in key)
        found = []
        if words.is_flag and key == _RECORD and self.marts.has(FLAGS):
            known = self.marts.columns(FLAGS)
            columns = tuple(name for name in _FLAG_COLUMNS if name in known)
            shown = ", ".join(f"f.{ident(name)}" for name in columns)
            found.append(
                (
                    columns,
                    f"select {names}, {shown} from {table} as k left join {FLAGS} as f on f.sku_id = k.sku_id "
                    f"and f.location_id = k.location_id and f.rule_id = {literal(outcome.rule)}",
                )
            )
        check = words.check
        if check and self.marts.has(check.table):
            values = {check.observed: check.columns.get(check.observed, ident(check.observed))}
            values |= {check.threshold: ident(check.threshold)} if check.threshold else {}
            values = {name: text for name, text in values.items() if name not in key}
            inner = ", ".join(
                [f"{ident(k)}::varchar as {ident(k)}" for k in key]
                + [f"({v}) as {ident(n)}" for n, v in values.items()]
            )
            shown = "".join(f", t.{ident(name)}" for name in values)
            on = " and ".join(f"t.{ident(name)} is not distinct from k.{ident(name)}" for name in key)
            found.append(
                (
                    tuple(values),
                    f"select {names}{shown} from {table} as k "
                    f"left join (select {inner} from {check.table} as t) as t on {on}",
                )
            )
        return found
