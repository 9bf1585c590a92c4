"""`make audit GENERATION=<name>`: a published generation is judged again by today's suites, and nothing else changes.

Here: a generation published from a copy of the tiny company's marts. Not here: each rule (test_audit_suites.py), the
audit before a publication (test_expectations.py).
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from expectations import audit as audits
from expectations import results as audit_results
from expectations.check import COULD_NOT_CHECK, FAILED, PASSED, CheckResult, Rule
from expectations.suites import SUITES
from orchestration.__main__ import main
from orchestration.lib.content_hash import RUN_TIMES, VALIDATION_HISTORY
from orchestration.lib.generations import list_generations
from orchestration.lib.paths import Home
from orchestration.lib.publishing import publish
from reports.validation import alone
from tests.python.marts_fixture import AS_OF, content_of


def publish_marts(home: Home, *statements: str) -> str:
    """Publish the build database of `home` after `statements` and return the generation's name."""
    with duckdb.connect(str(home.build_db)) as connection:
        for statement in statements:
            connection.execute(statement)
    total, content = content_of(home.build_db, home.build_db.stem)
    publish(
        home,
        home.build_db,
        pin_hash="pin",
        content_hash=total,
        content=content,
        as_of=AS_OF,
        audit={},
        parquet_above=2000,
    )
    return list_generations(home)[-1].name


@pytest.fixture(scope="module")
def published(tiny_marts, tmp_path_factory):
    """A home with two generations, big facts as Parquet files: as built, and with a location twice."""
    home = tiny_marts.copy(tmp_path_factory.mktemp("reaudit") / "home").home
    good = publish_marts(home)
    bad = publish_marts(home, "insert into core.dim_location select * from core.dim_location order by 1 limit 1")
    return home, good, bad


def files(root: Path) -> dict[str, tuple[int, int]]:
    """Every file below `root` but those of re-audits and leases, with its size and time of change."""
    found = (p for p in root.rglob("*") if p.is_file() and "audit" not in p.relative_to(root).parts[:1])
    return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in found}


def run(home: Home, monkeypatch, capsys, *arguments: str) -> tuple[int, str]:
    monkeypatch.setenv("LEADLAG_HOME", str(home.root))
    monkeypatch.delenv("LEADLAG_LANDING", raising=False)
    code = main(["audit", *arguments])
    told = capsys.readouterr()
    return code, told.out + told.err


def test_a_good_generation_passes_and_nothing_but_its_folder_is_written(published, monkeypatch, capsys):
    home, good, _ = published
    before = files(home.root)
    code, told = run(home, monkeypatch, capsys, "--generation", good)
    assert code == 0, told
    assert f"nothing critical in {good}" in told
    assert files(home.root) == before, "a re-audit is read-only and lands nothing"
    assert not (home.landing / "audit").exists()
    body = json.loads((home.root / "audit" / good / "results.json").read_text())
    assert body["generation"] == good
    assert [r["suite"] + "." + r["id"] for r in body["results"]] == [c.rule.name for c in SUITES]
    assert COULD_NOT_CHECK not in {r["outcome"] for r in body["results"]}
    failed = {f"{r['suite']}.{r['id']}.csv": r["failed_rows"] for r in body["results"] if r["failed_rows"]}
    written = {p.name: len(p.read_text().splitlines()) - 1 for p in (home.root / "audit" / good).glob("*.csv")}
    assert written == failed, "the key files are complete"
    assert failed, "the tiny company has planted faults"
    report = home.root / "audit" / good / "report"
    assert f"Report: {report / 'index.html'}" in told
    for page in report.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert f"Generation {good}, audited again." in text and "Not published" not in text, page
    assert len(list(report.glob("rule/*.html"))) == len(SUITES)
    offered = {p.name.removeprefix("validation_") for p in (report / "data").glob("*.csv")}
    assert set(failed) <= offered, "the report has the keys too"


def test_a_critical_failure_ends_non_zero_and_names_keys(published, monkeypatch, capsys):
    home, _, bad = published
    code, told = run(home, monkeypatch, capsys, "--generation", bad)
    assert code == 1
    assert "dim_location unique failed for 1 of" in told
    assert "location_id=" in told
    assert (home.root / "audit" / bad / "dim_location.unique.csv").is_file()
    assert not list((home.published / ".leases").iterdir())
    report = home.root / "audit" / bad / "report"
    assert f"Report: {report / 'index.html'}" in told
    page = (report / "rule" / "dim_location.unique.html").read_text(encoding="utf-8")
    assert "failed, blocks" in page and f"Generation {bad}, audited again." in page


def test_a_report_that_cannot_be_written_changes_no_verdict(published, monkeypatch, capsys):
    home, good, bad = published

    def fail(*arguments):
        raise OSError("no space left on device")

    monkeypatch.setattr(alone, "Marts", fail)
    for name, expected, said in ((good, 0, f"nothing critical in {good}"), (bad, 1, "dim_location unique failed")):
        code, told = run(home, monkeypatch, capsys, "--generation", name)
        assert code == expected and said in told
        assert "The report could not be written (OSError: no space left on device)" in told and "Report: " not in told
        assert not (home.root / "audit" / name / "report").exists()


def test_an_unknown_generation_is_answered_with_those_there_are(published, monkeypatch, capsys):
    home, good, bad = published
    for name in ("g000099-0123456789", "../build", "current"):
        code, told = run(home, monkeypatch, capsys, "--generation", name)
        assert code == 1
        assert f"{name!r} is not a generation kept" in told
        assert good in told and bad in told


def test_without_any_generation_it_says_what_to_do(tmp_path, monkeypatch, capsys):
    code, told = run(Home.at(tmp_path), monkeypatch, capsys, "--generation", "g000001-0123456789")
    assert code == 1
    assert "nothing is published yet: run `make refresh`" in told


def test_a_damaged_generation_is_not_judged(published, monkeypatch, capsys, tmp_path):
    home, good, _ = published
    marts = home.published / good / "full" / "marts.duckdb"
    whole = marts.read_bytes()
    marts.chmod(0o644)
    try:
        marts.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        code, told = run(home, monkeypatch, capsys, "--generation", good)
    finally:
        marts.write_bytes(whole)
    assert code == 1
    assert "differs from its sha256" in told


def results(*outcomes: tuple[str, int]) -> list[CheckResult]:
    rules = [check.rule for check in SUITES]
    return [
        CheckResult(rule, outcome, 10, failed, locations=(("north.CHI1", failed),) if failed else ())
        for rule, (outcome, failed) in zip(rules, outcomes, strict=False)
    ]


def test_failing_keys_land_by_location_once(tmp_path):
    home = Home.at(tmp_path)
    as_of = audit_results.moment(AS_OF)
    found = results((PASSED, 0), (FAILED, 3))
    folder = audit_results.land_locations(home, found, "ab" * 32, as_of)
    assert audit_results.land_locations(home, found, "ab" * 32, as_of) == folder
    with duckdb.connect() as connection:
        rows = connection.execute(f"select rule, location_id, failed_rows, as_of from '{folder}/*.parquet'").fetchall()
    assert rows == [(found[1].rule.id, "north.CHI1", 3, as_of)]
    assert audit_results.land_locations(home, results((PASSED, 0)), "ab" * 32, as_of) is None


def test_what_is_told_of_history_never_lands():
    """The audit of a table that remembers audits differs whenever one lands: landed, it would never come to rest."""
    unsaid = audits.never_landed()
    tables = {check.rule.name: check.table for check in SUITES}
    assert {tables[name] for name in unsaid} == {t for t in tables.values() if t in VALIDATION_HISTORY | RUN_TIMES}
    assert "fct_audit_result.unique" in unsaid
    assert "fct_stock_record.unique" not in unsaid
    assert all(isinstance(check.rule, Rule) for check in SUITES)
