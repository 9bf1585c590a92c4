"""Sites with a validation report that has a past: a generation before it, audits before that, and hostile keys.

Here: copies of the refreshed home with audits, and what is changed in them. Not here: what the report must be
(test_validation_report.py, test_validation_report_in_a_browser.py).

The generation before had, against the one reported: a rule that passed (it newly fails now), one that failed (mended),
one with fewer and one with more failing keys, one with as many but other keys; an audit before it could not check one.
"""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.lib import generations
from orchestration.lib.paths import Home
from reports.site import build
from tests.python.fixtures_pages import HOSTILE, Built, change_marts, published_copy, spoil
from tests.python.fixtures_refresh import Refreshed

BEFORE = "b" * 64
BLOCKED = "c" * 64
MENDED, NEW, GREW, SHRANK, OTHERS, UNCHECKED = (
    "stale_stock.DQ-S2",
    "phantom_stock.DQ-N1",
    "phantom_stock.DQ-P4",
    "phantom_stock.DQ-P5",
    "stale_stock.DQ-S1",
    "phantom_stock.PV-1",
)
GONE = ("GONE-1", "north.CHI1")


@dataclass(frozen=True)
class Reported(Built):
    """A home whose current generation has a report with a past."""

    @property
    def folder(self) -> Path:
        """The report's folder."""
        return self.site.folder / "validation"

    @property
    def rules(self) -> dict[str, dict[str, object]]:
        """Outcomes by rule as the manifest has them."""
        return generations.current(self.home).manifest["audit"]["rules"]

    def keys(self, name: str) -> list[list[str]]:
        """Failing keys as the audit wrote them, without the heading."""
        content = generations.current(self.home).manifest["content_hash"]
        path = self.home.root / "audit" / content / f"{name}.csv"
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))[1:]


def audited_copy(refreshed: Refreshed, root: Path) -> Home:
    """A copy of what is published with what its audit wrote."""
    home = published_copy(refreshed, root)
    shutil.copytree(refreshed.home.root / "audit", home.root / "audit")
    source = refreshed.home.landing / "audit" / "gx"
    shutil.copytree(source, home.landing / "audit" / "gx")
    return home


def give_a_past(home: Home) -> None:
    """A generation before the current one and two audits in the history, one of which blocked."""
    here = generations.current(home)
    rules = here.manifest["audit"]["rules"]
    then: dict[str, dict[str, object]] = {name: dict(told) for name, told in rules.items()}
    then[MENDED] |= {"outcome": "failed", "failed_rows": 1}
    then[NEW] |= {"outcome": "passed", "failed_rows": 0}
    then[GREW]["failed_rows"] = int(str(rules[GREW]["failed_rows"])) - 1
    then[SHRANK]["failed_rows"] = int(str(rules[SHRANK]["failed_rows"])) + 1
    then["phantom_stock.OLD-1"] = {"outcome": "passed", "failed_rows": 0, "severity": "warning"}
    name = f"g000000-{BEFORE[:10]}"
    (home.published / name).mkdir()
    manifest = here.manifest | {"generation": name, "sequence": 0, "content_hash": BEFORE, "audit": {"rules": then}}
    (home.published / name / generations.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    _keys_before(home, here.manifest["content_hash"])
    rows = []
    for content, day, outcomes in ((BLOCKED, "2026-06-10", then), (BEFORE, "2026-06-20", then)):
        for rule, told in outcomes.items():
            suite, _, rule_id = rule.partition(".")
            outcome = "could_not_check" if content == BLOCKED and rule == UNCHECKED else told["outcome"]
            rows.append(
                f"('{content}', '{suite}', '{rule_id}', '{told['severity']}', '{outcome}', 96, {told['failed_rows']}, "
                f"'0.00012', '0.01', timestamp '{day} 05:30:00')"
            )
    change_marts(home, f"insert into visibility.fct_validation_result values {', '.join(rows)}")


def _keys_before(home: Home, content: str) -> None:
    """The audit's key files of the generation before."""
    now, before = home.root / "audit" / content, home.root / "audit" / BEFORE
    shutil.copytree(now, before)
    (before / f"{NEW}.csv").unlink()
    (before / f"{MENDED}.csv").write_text(f"sku_id,location_id\r\n{','.join(GONE)}\r\n", encoding="utf-8")
    for name, change in (
        (GREW, lambda keys: keys[1:]),
        (SHRANK, lambda keys: [*keys, ",".join(GONE)]),
        (OTHERS, lambda keys: [*keys[1:], ",".join(GONE)]),
    ):
        head, *keys = (before / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        (before / f"{name}.csv").write_text("\r\n".join([head, *change(keys)]) + "\r\n", encoding="utf-8")


def make_hostile(home: Home) -> None:
    """Hostile texts in SKUs, names, locations, reasons, rows held back, and in the audit's failing keys."""
    spoil(home)
    texts = ", ".join("'" + text.replace("'", "''") + "'" for text in HOSTILE if text)
    number = len(HOSTILE) - 1
    turn = f"([{texts}])[1 + rowid % {number}]"
    change_marts(
        home,
        f"update visibility.fct_quarantined_row set message = {turn}, raw_row = {turn}, landed_file = {turn} "
        "|| landed_file",
        f"update visibility.fct_stock_record_flag set sku_id = {turn} || rowid, location_id = {turn}",
        f"update visibility.fct_validation_result set observed = {turn}, threshold = {turn}",
        f"update visibility.kpi_stock_record_health set sku_id = {turn} || rowid",
        f"update registry.record_rules set rule_name = {turn}, what_to_do = {turn}",
    )
    manifest_path = generations.current(home).path / generations.MANIFEST
    manifest_path.chmod(0o644)
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    keys = [text for text in HOSTILE if text]
    manifest["audit"]["rules"][GREW]["failed_rows"] = len(keys)
    manifest["audit"]["rules"]["../evil<script>.a/b"] = {
        "outcome": "could_not_check",
        "failed_rows": 0,
        "severity": "warning",
    }
    manifest_path.write_text(json.dumps(manifest), encoding="utf-8")
    path = home.root / "audit" / manifest["content_hash"] / f"{GREW}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["sku_id", "location_id"])
        for text in keys:  # as the audit writes them: with its own guard
            cell = f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
            writer.writerow([cell, cell])


@pytest.fixture(scope="session")
def report_site(refreshed: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """The report of the tiny company with a past; read it, never write it."""
    home = audited_copy(refreshed, tmp_path_factory.mktemp("report") / "home")
    give_a_past(home)
    return Reported(home, build(home))


@pytest.fixture(scope="session")
def hostile_report(refreshed: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """The same with hostile texts wherever the data brings a text; read it, never write it."""
    home = audited_copy(refreshed, tmp_path_factory.mktemp("hostile-report") / "home")
    give_a_past(home)
    make_hostile(home)
    return Reported(home, build(home))
