"""The validation report: a page for every suite and rule, every failing key, what changed, and texts that stay texts.

Here: files and their content. Not here: how a browser takes them (test_validation_report_in_a_browser.py).
"""

from __future__ import annotations

import csv
import hashlib
import html
import itertools
import json
import re
import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from expectations import results as audit_results
from expectations.check import WARNING, CheckResult, Rule
from orchestration.lib import generations
from orchestration.lib.landing import write_json
from reports.site import build
from reports.validation import lists
from reports.validation.report import slug
from reports.validation.results import Outcome, change
from tests.python.fixtures_pages import HOSTILE, assert_no_cell_runs, change_marts, published_copy
from tests.python.fixtures_refresh import Refreshed
from tests.python.fixtures_report import (
    BEFORE,
    GONE,
    GREW,
    MENDED,
    NEW,
    OTHERS,
    SHRANK,
    UNCHECKED,
    Reported,
    audited_copy,
)


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _words(page: Path) -> str:
    body = re.sub(r"<style>.*?</style>", "", _text(page), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def _rule_page(report: Reported, name: str) -> Path:
    return report.folder / "rule" / f"{slug(name)}.html"


def _section(text: str, start: str, end: str) -> str:
    return text.split(start, 1)[1].split(end, 1)[0]


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_suite_and_rule_has_a_page_that_the_summary_leads_to(report_site: Reported) -> None:
    first = _text(report_site.folder / "index.html")
    suites = {name.partition(".")[0] for name in report_site.rules}
    assert len(report_site.rules) >= 17 and len(suites) >= 3
    expected = {report_site.folder / name for name in ("index.html", "quarantine.html", "flags.html")}
    for suite in suites:
        page = report_site.folder / "suite" / f"{suite}.html"
        expected.add(page)
        assert f'href="suite/{suite}.html"' in first
        for name in report_site.rules:
            assert (f"../rule/{name}.html" in _text(page)) == name.startswith(f"{suite}."), (suite, name)
    for name, told in report_site.rules.items():
        page = _rule_page(report_site, name)
        expected.add(page)
        assert f"{told['failed_rows']:,} failing" in _words(page)
        assert (f'href="rule/{name}.html"' in first) == (
            told["outcome"] != "passed" or told["severity"] == "critical" or name == MENDED
        )
    assert set(report_site.site.report) == expected == set(report_site.folder.rglob("*.html"))


def test_the_pages_of_the_kpis_lead_to_the_report(report_site: Reported) -> None:
    assert 'href="validation/index.html"' in _text(report_site.site.folder / "index.html")
    assert 'href="../validation/index.html"' in _text(report_site.site.pages[1])


def test_the_summary_counts_what_the_audit_found(report_site: Reported) -> None:
    text = _words(report_site.folder / "index.html")
    rules = report_site.rules
    passed = sum(told["outcome"] == "passed" for told in rules.values())
    critical = sum(told["severity"] == "critical" for told in rules.values())
    failing = sum(int(str(told["failed_rows"])) for told in rules.values())
    assert f"{passed} passed" in text and f"{len(rules) - passed} failed" in text and "nothing blocks" in text
    assert f"All {critical} critical rules passed, so this generation was published." in text
    assert f"Failing keys, all rules {failing:,}" in text
    blocks = _section(text, "Rules that block", "Could not be checked")
    assert blocks.count("Critical") == critical and "None." in _section(text, "Could not be checked", "Trend over")


def test_what_to_do_names_every_rule_that_did_not_pass_with_its_owner_and_advice(report_site: Reported) -> None:
    text = _words(report_site.folder / "index.html")
    todo = _section(text, "What to do next Rule", "Since the generation before")
    for name, told in report_site.rules.items():
        rule = name.partition(".")[2]
        assert (f" {rule} " in todo) == (told["outcome"] != "passed"), name
    assert todo.count("Inventory control") >= 5
    assert "Count the record and post the missing receipt or the wrong issue." in todo
    assert (
        todo.index("Newly failing") < todo.index("Worse: ") < todo.index("Better, not done") < todo.index("As before")
    )


def test_what_changed_since_the_generation_before(report_site: Reported) -> None:
    text = _words(report_site.folder / "index.html")
    changes = _section(text, "Since the generation before", "Suites Suite")
    assert f"g000000-{BEFORE[:10]}, as of" in changes
    now = {name: int(str(told["failed_rows"])) for name, told in report_site.rules.items()}
    for name, words, then, came, went in (
        (NEW, "Newly failing", 0, now[NEW], 0),
        (GREW, "Worse", now[GREW] - 1, 1, 0),
        (SHRANK, "Better", now[SHRANK] + 1, 0, 1),
        (MENDED, "Mended", 1, 0, 1),
        (OTHERS, "As many, others", now[OTHERS], 1, 1),
    ):
        rule = name.partition(".")[2]
        assert re.search(rf" {rule} {words} {then} {now[name]} {came} {went} ", changes), (name, changes)
    assert "No longer checked: phantom_stock.OLD-1" in changes
    assert changes.count("Inventory control") == 5, "rules as before are not in the list of what moved"
    gone = _csv(report_site.site.folder / "data" / f"validation_{OTHERS}.went.csv")
    assert [tuple(row.values()) for row in gone] == [GONE] and GONE[0] in _words(_rule_page(report_site, OTHERS))


def test_the_download_holds_every_failing_key_with_its_evidence(report_site: Reported) -> None:
    failed = [name for name, told in report_site.rules.items() if told["outcome"] == "failed"]
    assert len(failed) >= 8
    for name in failed:
        path = report_site.site.folder / "data" / f"validation_{name}.csv"
        keys, told = report_site.keys(name), _csv(path)
        assert len(keys) == report_site.rules[name]["failed_rows"] == len(told), name
        width = len(keys[0])
        assert sorted(list(row.values())[:width] for row in told) == sorted(keys), name
        assert f'href="../../data/{path.name}"' in _text(_rule_page(report_site, name))
        assert pq.read_metadata(path.with_suffix(".parquet")).num_rows == len(keys)
        assert len(told[0]) > width, f"{name}: no evidence beside its keys"
    assert all(row["evidence"] for row in _csv(report_site.site.folder / "data" / f"validation_{GREW}.csv"))
    feed = _csv(report_site.site.folder / "data" / "validation_stale_stock.SF-2.csv")
    assert all(Decimal(row["feed_age_days"]) > Decimal(row["max_source_age_days"]) for row in feed)


def test_a_page_caps_its_keys_and_says_so(refreshed: Refreshed, tmp_path: Path) -> None:
    home = audited_copy(refreshed, tmp_path / "home")
    here = generations.current(home)
    keys = [f"K{number:05d}" for number in range(1_234)]
    path = home.audits / here.manifest["content_hash"] / f"{GREW}.csv"
    path.write_text("sku_id,location_id\r\n" + "".join(f"{key},x\r\n" for key in keys), encoding="utf-8")
    manifest = dict(here.manifest)
    manifest["audit"]["rules"][GREW]["failed_rows"] = len(keys)
    (here.path / generations.MANIFEST).chmod(0o644)
    write_json(here.path / generations.MANIFEST, manifest)
    site = build(home)
    page = site.folder / "validation" / "rule" / f"{GREW}.html"
    assert "The first 25 of 1,234" in _words(page) and "1,209 more rows are in the files below" in _words(page)
    told = _csv(site.folder / "data" / f"validation_{GREW}.csv")
    assert [row["sku_id"] for row in told] == keys


def test_a_rule_that_passed_in_spite_of_failing_keys_shows_them(refreshed: Refreshed, tmp_path: Path) -> None:
    home = audited_copy(refreshed, tmp_path / "home")
    here = generations.current(home)
    manifest = dict(here.manifest)
    manifest["audit"]["rules"][GREW]["outcome"] = "passed"
    (here.path / generations.MANIFEST).chmod(0o644)
    write_json(here.path / generations.MANIFEST, manifest)
    site = build(home)
    page = _words(site.folder / "validation" / "rule" / f"{GREW}.html")
    failing = manifest["audit"]["rules"][GREW]["failed_rows"]
    assert f"{failing} failing passed" in page and f"All {failing} " in page and "not kept" not in page
    assert len(_csv(site.folder / "data" / f"validation_{GREW}.csv")) == failing


def test_the_trend_and_the_list_of_audits_show_each_one(report_site: Reported) -> None:
    page = _rule_page(report_site, GREW)
    path = re.search(r'class="line" d="([^"]+)"', _text(page))
    assert path and path[1].count("M") == 1 and path[1].count("L") == 2
    history = _words(page).rsplit("Every audit", 1)[1].split("Generation")[0]
    assert history.count("failed") == 3 and "20 Jun 2026" in history and "10 Jun 2026" in history
    unchecked = re.search(r'class="line" d="([^"]+)"', _text(_rule_page(report_site, UNCHECKED)))
    assert unchecked and unchecked[1].count("L") == 1, "no value where it could not be checked"
    audits = _section(_words(report_site.folder / "index.html"), "Audits As of", "Downloads")
    assert audits.count("did not block") == 2 and audits.count(" blocked ") == 1
    rows = _csv(report_site.site.folder / "data" / "validation_history.csv")
    assert len(rows) == 2 * (len(report_site.rules) + 1)


def test_could_not_be_checked_is_kept_apart_from_bad_data(hostile_report: Reported) -> None:
    text = _words(hostile_report.folder / "index.html")
    apart = _section(text, "the check itself failed.", "Trend over")
    assert "evil<script>" in apart and "could not be checked" in apart and " failed " not in apart
    assert "1 not checkable" in text
    page = next(p for p in hostile_report.site.report if "evil" in p.name)
    assert page.parent == hostile_report.folder / "rule"
    assert "so nobody knows them" in _words(page) and "0 failing" not in _words(page)
    todo = _section(text, "What to do next Rule", "Since the generation before")
    assert todo.index("evil<script>") < todo.index("DQ-"), "what nobody could check is more urgent than what is bad"


def test_rows_held_back_are_shown_with_their_evidence(report_site: Reported) -> None:
    marts = report_site.marts()
    rows = marts.execute("select rule_id, message, raw_row, landed_file from visibility.fct_quarantined_row").fetchall()
    text = _words(report_site.folder / "quarantine.html")
    assert len(rows) >= 5
    for rule, message, raw, file in rows:
        assert str(rule) in text and str(file) in text and str(message)[-40:] in text
        for name, value in json.loads(raw).items() if raw else ():
            assert value is None or f"{name}: {value}" in text, (name, value)
    assert len(_csv(report_site.site.folder / "data" / "validation_quarantine.csv")) == len(rows)


def test_flags_are_shown_with_their_evidence_and_the_count_list_in_its_order(report_site: Reported) -> None:
    marts = report_site.marts()
    text = _words(report_site.folder / "flags.html")
    for rule, evidence in marts.execute("select rule_id, evidence from visibility.fct_stock_record_flag").fetchall():
        assert rule in text and re.sub(r"\s+", " ", evidence) in text
    phantom = _section(
        text, "Phantom signals: stock that may not be there", "Stale signals: records nobody renewed Stale"
    )
    stale = text.split("Stale signals: records nobody renewed", 2)[2]
    assert "(DQ-P4)" in phantom and "(DQ-S1)" not in phantom and "(DQ-S1)" in stale
    counted = text.rsplit("Count list by location", 1)[1]
    places = [
        counted.index(f" {sku} ")
        for (sku,) in marts.execute(
            "select sku_id from visibility.kpi_stock_record_health where location_id = 'north.CHI1' "
            "and count_priority_rank <= 10 order by count_priority_rank"
        ).fetchall()
    ]
    assert len(places) == 10 and places == sorted(places)
    assert len(_csv(report_site.site.folder / "data" / "validation_count_list.csv")) == 96


def test_links_lead_somewhere_and_tables_can_be_read_aloud(report_site: Reported, hostile_report: Reported) -> None:
    for report in (report_site, hostile_report):
        for page in report.site.report:
            text = _text(page)
            for link in re.findall(r'href="([^"]*)"', text):
                path, _, anchor = html.unescape(link).partition("#")
                target = (page.parent / path).resolve() if path else page
                if link == "data:,":
                    continue
                assert target.is_file() and target.is_relative_to(report.home.root), f"{page.name}: {link}"
                assert not anchor or f'id="{anchor}"' in _text(target), f"{page.name}: {link}"
            assert len(re.findall(r' id="([^"]+)"', text)) == len(set(re.findall(r' id="([^"]+)"', text))), page.name
            tables = text.count("<table")
            assert text.count("<caption") == tables and len(re.findall(r"<th(?! scope=)[ >]", text)) == 0, page.name
            assert text.count("<h1>") == 1 and 'class="skip" href="#main"' in text and '<html lang="en">' in text
            levels = [int(level) for level in re.findall(r"<h([1-6])", text)]
            assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), f"{page.name}: {levels}"


def test_nothing_is_fetched_or_run(report_site: Reported, hostile_report: Reported) -> None:
    for report in (report_site, hostile_report):
        for page in report.site.report:
            text = _text(page)
            assert "<script" not in text and "default-src 'none'" in text
            tags = re.findall(r"<[a-z][^>]*>", text)
            assert not [tag for tag in tags if re.search(r'\s(on\w+|src|style)="|https?:', tag)], page.name
            assert not re.search(r"@import|url\(|<(iframe|object|img|i|b|u)\b", text), page.name


def test_hostile_texts_are_shown_as_they_are(hostile_report: Reported) -> None:
    shown = "".join(_words(page) for page in hostile_report.site.report)
    for text in HOSTILE[:5] + HOSTILE[9:11]:
        assert re.sub(r"\s+", " ", text) in shown, text
    for page in hostile_report.site.report:
        assert "\u202e" not in _text(page) and "\x01" not in _text(page)


def test_hostile_keys_are_harmless_in_csv_and_whole_in_parquet(hostile_report: Reported) -> None:
    data = hostile_report.site.folder / "data"
    assert_no_cell_runs(data.glob("validation_*.csv"))
    whole = pq.read_table(data / f"validation_{GREW}.parquet").column("sku_id").to_pylist()
    assert sorted(whole) == sorted(text for text in HOSTILE if text)


def test_new_suites_rules_and_columns_need_no_change_here(refreshed: Refreshed, tmp_path: Path) -> None:
    home = audited_copy(refreshed, tmp_path / "home")
    here = generations.current(home)
    content, as_of = here.manifest["content_hash"], datetime(2026, 7, 1, 5, 30)
    result = CheckResult(Rule("timeliness", "TM-1", WARNING, "", ""), "failed", 50, 2, "0.4", "0.25")
    (folder,) = (home.landing / "audit" / "gx" / "validation_results").glob(f"{content[:12]}-*")
    more = audit_results.as_table([result], content, as_of)
    for name, text in (("dimension", "timeliness"), ("owner", "warehouse_manager"), ("message", "<b>late</b>")):
        more = more.append_column(name, [[text]])
    pq.write_table(more, folder / "more.parquet")
    manifest = dict(here.manifest)
    manifest["audit"]["rules"]["timeliness.TM-1"] = {"outcome": "failed", "failed_rows": 2, "severity": "warning"}
    (here.path / generations.MANIFEST).chmod(0o644)
    write_json(here.path / generations.MANIFEST, manifest)
    folder = build(home).folder / "validation"
    page = _words(folder / "rule" / "timeliness.TM-1.html")
    for words in (
        "TM-1",
        "2 failing",
        "Warehouse manager",
        "Kind Timeliness",
        "Worst seen 0.4",
        "Limit 0.25",
        "checked 50",
    ):
        assert words in page, words
    assert "its list is not kept" in page
    assert "0 of 1 passed" in _words(folder / "suite" / "timeliness.html")
    assert "Warehouse manager" in _section(_words(folder / "index.html"), "What to do next", "Since the")


def test_without_the_audits_files_the_keys_come_from_the_marts_or_are_said_to_be_lost(
    refreshed: Refreshed, report_site: Reported, tmp_path: Path
) -> None:
    home = published_copy(refreshed, tmp_path / "home")
    change_marts(home, "delete from visibility.fct_stock_record_flag where rule_id = 'DQ-P1'")
    site = build(home)
    told = _csv(site.folder / "data" / f"validation_{GREW}.csv")
    assert told == _csv(report_site.site.folder / "data" / f"validation_{GREW}.csv")
    lost = _words(site.folder / "validation" / "rule" / "phantom_stock.DQ-P1.html")
    assert "its list is not kept" in lost and "3 failing" in lost
    assert not (site.folder / "data" / "validation_phantom_stock.DQ-P1.csv").exists()
    text = _words(site.folder / "validation" / "index.html")
    assert "No earlier audit is known" in text and "Rules that moved" not in text


def test_a_generation_without_lists_or_results_says_so(refreshed: Refreshed, tmp_path: Path) -> None:
    home = published_copy(refreshed, tmp_path / "home")
    change_marts(
        home, "delete from visibility.fct_quarantined_row", "delete from visibility.fct_stock_record_flag",
        "delete from visibility.kpi_stock_record_health",
    )  # fmt: skip
    here = generations.current(home)
    (here.path / generations.MANIFEST).chmod(0o644)
    write_json(here.path / generations.MANIFEST, here.manifest | {"audit": {}})
    folder = build(home).folder / "validation"
    assert "holds no results of an audit" in _words(folder / "index.html")
    assert "Nothing was held back." in _words(folder / "quarantine.html")
    assert "No record carries a flag." in _words(folder / "flags.html")
    assert sorted(p.name for p in folder.glob("*/*")) == []


def test_a_second_build_gives_the_same_bytes(report_site: Reported, tmp_path: Path) -> None:
    shutil.copytree(report_site.home.root, tmp_path / "home", symlinks=True)
    home = type(report_site.home).at(tmp_path / "home")

    def digests(folder: Path) -> dict[str, str]:
        files = [*folder.glob("validation/**/*.html"), *folder.glob("data/validation_*")]
        return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}

    first = digests(report_site.site.folder)
    assert len(first) > 40 and digests(build(home).folder) == first


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (("failed", 2), ("passed", 0), "newly_failing"),
        (("failed", 2), None, "newly_failing"),
        (("failed", 2), ("could_not_check", 0), "newly_failing"),
        (("failed", 2), ("failed", 1), "worse"),
        (("failed", 2), ("failed", 3), "better"),
        (("failed", 2), ("failed", 2), "same"),
        (("passed", 0), ("failed", 2), "mended"),
        (("passed", 0), ("could_not_check", 0), "checked_again"),
        (("passed", 0), ("passed", 0), "same"),
        (("passed", 0), None, "new_rule"),
        (("could_not_check", 0), ("passed", 0), "unchecked"),
        (("could_not_check", 0), ("could_not_check", 0), "same"),
        (("could_not_check", 0), None, "unchecked"),
        (None, ("passed", 0), "dropped"),
    ],
)
def test_how_a_rule_moved(now: tuple[str, int] | None, before: tuple[str, int] | None, said: str) -> None:
    outcomes = [Outcome("s", "r", "warning", *told) if told else None for told in (now, before)]
    assert change(*outcomes) == said


def test_names_become_files_that_cannot_leave_their_folder() -> None:
    assert slug("phantom_stock.DQ-P1") == "phantom_stock.DQ-P1"
    bad = ["../up", "a/b", "a\\b", ".hidden", "", "x" * 300, "<script>", "a b", "ä", "..", "-x"]
    slugs = [slug(name) for name in bad]
    assert len(set(slugs)) == len(bad)
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}", made) for made in slugs)


def test_evidence_reads_as_fields_and_keeps_its_end() -> None:
    assert lists.evidence('{"a": 1, "b": null, "c": "x"}') == "a: 1, c: x"
    assert lists.evidence("[1, 2]") == "[1, 2]"
    assert lists.evidence("no json \x01") == "no json �"
    assert lists.evidence(None) == "–"
    long = lists.shortened("begin " + "x" * 5000 + " Correct the row.")
    assert long.startswith("begin") and long.endswith("Correct the row.") and "cut, whole in the file" in long
    assert len(long) < 700
