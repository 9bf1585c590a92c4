"""The report of a build that its audit blocked: headed as not published, whole, closed in itself, and never in the way.

Here: files and their content, and what a person is told. Not here: how a browser takes them
(test_blocked_report_in_a_browser.py), reports of what is published (test_validation_report.py).
"""

from __future__ import annotations

import csv
import hashlib
import html
import os
import re
import stat
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from expectations import audit as audits
from expectations.audit import open_build
from expectations.check import PASSED, CheckResult
from expectations.results import AuditBlocked, withdrawal
from expectations.suites import SUITES
from orchestration.__main__ import main
from orchestration.lib import generations
from orchestration.lib.landing import write_json
from orchestration.lib.paths import Home
from reports.validation import alone
from reports.validation.report import slug
from tests.python.fixtures_blocked import EVIL, POISONED, Blocked, judged, working_copy
from tests.python.fixtures_pages import HOSTILE, assert_no_cell_runs

ALLOWED = {
    "html", "head", "meta", "link", "title", "style", "body", "a", "header", "div", "nav", "details", "summary",
    "p", "ul", "li", "main", "section", "h1", "h2", "h3", "dl", "dt", "dd", "span", "small", "table", "caption",
    "thead", "tbody", "tr", "th", "td", "bdi", "strong", "code", "figure", "figcaption", "aside", "footer",
    "svg", "path", "circle", "text", "rect",
}  # fmt: skip
EMPTY = {"meta", "link"}


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _words(page: Path) -> str:
    body = re.sub(r"<style>.*?</style>", "", _text(page), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def _csv(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def _digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


class Tags(HTMLParser):
    """Tags and attributes of a page, and whether each tag is closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()


def test_the_block_names_the_report_and_readers_keep_what_they_have(blocked: Blocked) -> None:
    assert blocked.code == 1
    assert "row_accounting AR-2 failed" in blocked.said
    assert f"All failing keys: {blocked.folder}\n" in blocked.said
    assert f"Report: {blocked.report / 'index.html'}\n" in blocked.said
    assert f"Readers still see {blocked.generation}" in blocked.said
    generations.verify(generations.current(blocked.home))
    assert (blocked.report / "index.html").is_file()
    assert sorted(path.name for path in blocked.folder.iterdir() if path.is_dir()) == ["report"], "nothing half-written"


def test_every_page_says_that_it_is_not_published_and_what_readers_have(
    blocked: Blocked, hostile_blocked: Blocked
) -> None:
    for page in (*blocked.pages, *hostile_blocked.pages):
        text, words = _text(page), _words(page)
        notice = text.index('<p class="notice critical">')
        assert text.index('<main id="main"') < notice < text.index("<h1"), page.name
        assert re.search(r"<title>Not published · .+ · leadlag</title>", text), page.name
        assert "This build was not published." in words, page.name
        assert f"Readers still have generation {blocked.generation}, as of {blocked.as_of}" in words, page.name
        assert "Generation none: this build is not published" in words, page.name


def test_there_is_a_page_for_every_suite_and_rule_and_none_for_a_kpi(blocked: Blocked) -> None:
    names = {"index.html", "quarantine.html", "flags.html"}
    names |= {f"suite/{name.partition('.')[0]}.html" for name in blocked.rules}
    names |= {f"rule/{slug(name)}.html" for name in blocked.rules}
    assert {str(page.relative_to(blocked.report)) for page in blocked.pages} == names
    assert len(blocked.rules) > 300
    with open_build(blocked.home) as connection:
        kpis = {kpi for (kpi,) in connection.execute("select kpi_id from scorecard.dim_kpi").fetchall()}
        models = {model for (model,) in connection.execute("select model from scorecard.dim_kpi").fetchall()}
    files = {path.stem for path in (blocked.report / "data").iterdir()}
    assert not files & (kpis | models) and all(name.startswith("validation_") for name in files)
    assert "validation_count_list" not in files and "count list: count by the one" in _words(
        blocked.report / "flags.html"
    )
    for page in blocked.pages:
        assert "kpi/" not in _text(page) and 'aria-label="KPIs"' not in _text(page), page.name


def test_links_resolve_within_the_report(blocked: Blocked, hostile_blocked: Blocked) -> None:
    followed = 0
    for report in (blocked, hostile_blocked):
        for page in report.pages:
            text = _text(page)
            for link in re.findall(r'href="([^"]*)"', text):
                if link == "data:,":
                    continue
                path, _, anchor = html.unescape(link).partition("#")
                target = (page.parent / path).resolve() if path else page
                assert target.is_file() and target.is_relative_to(report.report.resolve()), f"{page.name}: {link}"
                assert not anchor or f'id="{anchor}"' in _text(target), f"{page.name}: {link}"
                followed += 1
    assert followed > 1_000
    moved = _text(blocked.report / "index.html")
    assert str(blocked.home.root) not in moved, "it can be copied elsewhere as a folder"


def test_pages_parse_hold_known_tags_alone_and_fetch_nothing(blocked: Blocked, hostile_blocked: Blocked) -> None:
    for page in (*blocked.pages, *hostile_blocked.pages):
        text, tags = _text(page), Tags()
        tags.feed(text)
        tags.close()
        assert tags.open == [], page.name
        assert tags.names <= ALLOWED, (page.name, tags.names - ALLOWED)
        assert not {name for name in tags.attributes if name.startswith("on") or name in ("src", "style")}, page.name
        assert "default-src 'none'" in text and not re.search(r"@import|url\(", text), page.name
        assert not re.search(r"""(href|content)="[^"]*https?:""", text), page.name
        ids = re.findall(r' id="([^"]+)"', text)
        assert len(ids) == len(set(ids)) and text.count("<h1") == 1, page.name


def test_downloads_hold_every_failing_key(blocked: Blocked) -> None:
    failed = [name for name, told in blocked.rules.items() if told["failed_rows"]]
    assert POISONED in failed and len(failed) >= 8
    for name in failed:
        head, *keys = blocked.keys(name)
        path = blocked.report / "data" / f"validation_{name}.csv"
        shown, *rows = _csv(path)
        assert shown[: len(head)] == head and len(keys) == blocked.rules[name]["failed_rows"], name
        assert sorted(row[: len(head)] for row in rows) == sorted(keys), name
        assert pq.read_metadata(path.with_suffix(".parquet")).num_rows == len(keys), name
        page = blocked.report / "rule" / f"{name}.html"
        assert f'href="../data/{path.name}"' in _text(page) and f"{len(keys):,} failing" in _words(page), name


def test_the_summary_says_what_blocks_what_is_new_and_the_way_out(blocked: Blocked) -> None:
    text = _words(blocked.report / "index.html")
    critical = sum(told["severity"] == "critical" for told in blocked.rules.values())
    blocking = [
        name
        for name, told in blocked.rules.items()
        if (told["severity"], told["outcome"] != PASSED) == ("critical", True)
    ]
    assert blocking == [POISONED]
    assert f"1 of {critical} critical rules did not pass, so this build was not published." in text
    assert "1 blocking" in text and "1 blocks " in text
    todo = text.split("What to do next Rule", 1)[1].split("Since the generation that readers have", 1)[0]
    first = min(re.finditer(r" ([A-Z]{2,}-[A-Z]?\d+) ", todo), key=lambda found: found.start())[1]
    assert first == "AR-2" and "failed, blocks" in todo, "what blocks comes first"
    changes = text.split("Since the generation that readers have", 1)[1]
    assert changes.startswith(f" {blocked.generation}, as of {blocked.as_of}")
    number = blocked.rules[POISONED]["failed_rows"]
    assert re.search(rf" AR-2 Newly failing 0 {number} {number} 0 ", changes)


def test_commands_of_the_message_stand_on_the_summary_and_on_the_page_of_the_rule(blocked: Blocked) -> None:
    told = {line.strip().split("  and then")[0] for line in blocked.said.splitlines() if "make withdraw" in line}
    assert told
    for page in (blocked.report / "index.html", blocked.report / "rule" / f"{POISONED}.html"):
        commands = re.findall(r"<li><code>(make withdraw [^<]+)</code></li>", _text(page))
        assert set(map(html.unescape, commands)) == told, page.name
    passed = next(name for name, rule in blocked.rules.items() if rule["outcome"] == PASSED)
    assert "make withdraw" not in _text(blocked.report / "rule" / f"{passed}.html")


def test_hostile_texts_stay_texts(hostile_blocked: Blocked) -> None:
    page = _words(hostile_blocked.report / "rule" / f"{POISONED}.html")
    for text in HOSTILE[:5] + HOSTILE[9:11]:
        assert re.sub(r"\s+", " ", text) in page, text
    evil = next(page for page in hostile_blocked.pages if "evil" in page.name and page.parent.name == "rule")
    assert evil.parent == hostile_blocked.report / "rule" and EVIL[1] in _words(evil)
    message = re.sub(r"\s+", " ", HOSTILE[1])
    assert message in _words(evil) and message in _words(hostile_blocked.report / "index.html"), "why it is unknown"
    data = hostile_blocked.report / "data"
    assert_no_cell_runs(data.glob("validation_*.csv"))
    whole = pq.read_table(data / f"validation_{POISONED}.parquet").column("batch_id").to_pylist()
    assert sorted(whole) == sorted(text for text in HOSTILE if text)
    offered = [page.name for page in hostile_blocked.pages if "<code>make withdraw" in _text(page)]
    assert offered == [], "nobody pastes such a name into a shell"


@pytest.mark.parametrize("name", ["a b", "x;reboot", "$(shell reboot)", "`reboot`", "'", "x\nreboot", "", "..", "-f"])
def test_a_batch_whose_name_is_more_than_a_name_is_in_no_command(name: str) -> None:
    assert withdrawal("wms/CHI1/movements/20260630-b.1") == (
        "make withdraw BATCH=wms/CHI1/movements/20260630-b.1 REASON='...'"
    )
    assert withdrawal(f"wms/CHI1/movements/{name}") == ""
    (check,) = (check for check in SUITES if check.rule.name == POISONED)
    result = CheckResult(check.rule, "failed", 2, 1, "1", "0", check.key, (("f", f"wms/CHI1/movements/{name}"),))
    said = str(AuditBlocked([result], Path("keys")))
    assert "make withdraw" not in said and "orchestration.lib.landing.withdraw takes it out" in said


def test_files_are_as_open_as_the_keys_beside_them(blocked: Blocked) -> None:
    key_file = next(blocked.folder.glob("*.csv"))
    mode = stat.S_IMODE(key_file.stat().st_mode)
    for path in blocked.report.rglob("*"):
        expected = stat.S_IMODE(blocked.folder.stat().st_mode) if path.is_dir() else mode
        assert stat.S_IMODE(path.stat().st_mode) == expected, path
    for folder in (blocked.home.published, blocked.home.root / "site"):
        for path in folder.rglob("*.html"):
            assert blocked.report.parent.name not in _text(path), f"{path} leads to what is not published"
        assert not list(folder.rglob("report"))


# --- an audit that is told instead of made -----------------------------------------------------------------------


@pytest.fixture
def told(
    blocked: Blocked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[list[CheckResult]], tuple[Blocked, int, str]]:
    """`make audit` over a copy, its suites finding what they are told to find: (home, exit code, what was said)."""
    copy = working_copy(blocked, tmp_path / "home")
    monkeypatch.setenv("LEADLAG_HOME", str(copy.home.root))
    monkeypatch.delenv("LEADLAG_LANDING", raising=False)

    def run(results: list[CheckResult]) -> tuple[Blocked, int, str]:
        monkeypatch.setattr(audits, "run_suites", lambda connection, on_result: results)
        code = main(["audit"])
        captured = capsys.readouterr()
        return copy, code, captured.out + captured.err

    return run


def test_a_report_that_cannot_be_written_hides_no_block(
    blocked: Blocked, told: Callable[[list[CheckResult]], tuple[Blocked, int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object, *arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(alone.Writer, "rule", fail)
    copy, code, said = told(blocked.results())
    assert code == 1
    assert "audit FAILED\nrow_accounting AR-2 failed" in said and f"All failing keys: {copy.folder}\n" in said
    assert "The report could not be written (OSError: [Errno 28] No space left on device)" in said
    assert "Report: " not in said and "Traceback" not in said
    assert [path.name for path in copy.folder.iterdir() if path.is_dir()] == [], "no half report, no old one"
    assert not copy.verdict["passed"]
    with pytest.raises(audits.warehouse.BuildError, match="did not pass"):
        audits.passed_audit(copy.home)


def test_the_same_audit_again_gives_the_same_report(
    blocked: Blocked, told: Callable[[list[CheckResult]], tuple[Blocked, int, str]]
) -> None:
    copy, code, said = told(blocked.results())
    first = _digests(copy.report)
    assert code == 1 and f"Report: {copy.report / 'index.html'}" in said and len(first) > 300
    (copy.report / "rule" / "left.html").write_text("of another audit", encoding="utf-8")
    assert told(blocked.results())[1] == 1
    assert _digests(copy.report) == first
    assert _digests(copy.report / "data") == _digests(blocked.report / "data"), "as the refresh wrote them"


def test_a_build_that_passes_after_all_keeps_no_report_of_its_block(
    blocked: Blocked, told: Callable[[list[CheckResult]], tuple[Blocked, int, str]]
) -> None:
    mended = [replace(result, outcome=PASSED) for result in blocked.results()]
    copy, code, said = told(mended)
    assert code == 0 and "nothing blocks a publication" in said
    assert not copy.report.exists() and (copy.folder / f"{POISONED}.csv").is_file()


def test_where_nothing_is_published_it_says_so(blocked: Blocked, tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home").make()
    os.link(blocked.home.build_db, home.build_db)
    folder = home.root / "audit" / ("a" * 64)
    with open_build(home) as connection:
        entry = alone.write(home, judged(blocked, blocked.results(), folder, connection))
    words = _words(entry)
    assert entry == folder / "report" / "index.html"
    assert "Nothing is published yet: readers have no generation." in words and "Readers still have" not in words
    assert "Since the last audit that did not block" in words, "the audit of the first batches is in its history"


def test_it_speaks_of_the_generation_that_readers_have_even_if_a_newer_one_is_kept(
    blocked: Blocked, tmp_path: Path
) -> None:
    copy = working_copy(blocked, tmp_path / "home")
    here = generations.current(copy.home)
    name = f"g{here.sequence + 1:06d}-{'b' * 10}"  # rolled back: the pointer stays at the one before
    (copy.home.published / name).mkdir()
    newer = here.manifest | {"generation": name, "sequence": here.sequence + 1, "content_hash": "b" * 64}
    write_json(copy.home.published / name / generations.MANIFEST, newer)
    with open_build(copy.home) as connection:
        entry = alone.write(copy.home, judged(blocked, blocked.results(), copy.folder, connection))
    words = _words(entry)
    assert f"Readers still have generation {here.name}, as of" in words and name not in words
    assert f"Since the generation that readers have {here.name}, as of" in words


def test_a_pointer_whose_generation_is_damaged_hinders_no_report(blocked: Blocked, tmp_path: Path) -> None:
    copy = working_copy(blocked, tmp_path / "home")
    manifest = generations.current(copy.home).path / generations.MANIFEST
    manifest.chmod(0o644)
    manifest.write_text("{", encoding="utf-8")
    with open_build(copy.home) as connection:
        words = _words(alone.write(copy.home, judged(blocked, blocked.results(), copy.folder, connection)))
    assert f"Readers still have generation {blocked.generation} until a build passes" in words


def test_the_newest_reports_are_kept_and_keys_of_all(blocked: Blocked, tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home").make()
    folders = [home.root / "audit" / (letter * 64) for letter in "abcdefg"]
    with duckdb.connect() as connection:
        connection.execute(f"attach '{blocked.home.build_db}' as leadlag (read_only)")
        connection.execute("use leadlag")
        for folder in folders:
            folder.mkdir(parents=True)
            (folder / "a.b.csv").write_text("key\r\n", encoding="utf-8")
            alone.write(home, judged(blocked, [], folder, connection))
    kept = [folder.name[0] for folder in folders if (folder / "report").is_dir()]
    assert kept == list("cdefg")
    assert all((folder / "a.b.csv").is_file() for folder in folders)
