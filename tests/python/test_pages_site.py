"""The site of a published generation: every KPI has its page, figures are the marts', bytes repeat, texts are escaped.

Here: files and their content. Not here: how a browser takes them (test_pages_in_a_browser.py).
"""

from __future__ import annotations

import csv
import hashlib
import html
import re
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.lib import generations
from orchestration.lib.generations import GenerationError
from orchestration.lib.paths import Home
from orchestration.lib.summary import summary
from reports import formats
from reports.definitions import PageError
from reports.site import build, entry
from tests.python.fixtures_pages import HOSTILE, Built, assert_no_cell_runs, change_marts, published_copy
from tests.python.fixtures_refresh import Refreshed

_ALERT = (
    "insert into scorecard.fct_alert (alert_id, kpi_id, scope_type, scope_id, alert_status, first_seen_date, "
    "period_end_date, kpi_value, target_value, gap_value, severity, owner) "
    "select {0}, 'open', date '2026-05-31', date '2026-06-30', {1}"
)


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _without_tags(page: Path) -> str:
    body = re.sub(r"<style>.*?</style>", "", _text(page), flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", body))


def test_every_registry_row_has_a_page_that_the_overview_leads_to(tiny_site: Built) -> None:
    with tiny_site.marts() as marts:
        kpis = dict(marts.execute("select kpi_id, kpi_name from scorecard.dim_kpi").fetchall())
    first = _text(tiny_site.site.folder / "index.html")
    assert kpis and len(tiny_site.site.pages) == len(kpis) + 1
    for kpi_id, name in kpis.items():
        page = tiny_site.site.folder / "kpi" / f"{kpi_id}.html"
        assert f"<h1>{html.escape(name)}</h1>" in _text(page)
        assert f'href="kpi/{kpi_id}.html"' in first


def test_a_page_says_what_the_marts_say(tiny_site: Built) -> None:
    with tiny_site.marts() as marts:
        found = marts.execute(
            "select kpi_id, unit, kpi_value, numerator, owner, target_policy from scorecard.fct_kpi_value "
            "inner join scorecard.dim_kpi using (kpi_id) where scope_type = 'company' "
            "qualify row_number() over (partition by kpi_id, scope_id order by period_end_date desc) = 1"
        ).fetchall()
        alerts = dict(
            marts.execute(
                "select kpi_id, count(*) from scorecard.fct_alert where alert_status = 'open' group by 1"
            ).fetchall()
        )
    assert {unit for _, unit, *_ in found} >= {"ratio", "turns", "days"}
    for kpi_id, unit, value, _, owner, policy in found:
        text = _without_tags(tiny_site.site.folder / "kpi" / f"{kpi_id}.html")
        assert formats.figure(value, formats.display_of_unit(unit), unit) in text
        assert formats.words(owner) in text and policy in text
        assert ("Critical" in text or "Warning" in text) == bool(alerts.get(kpi_id)), kpi_id
    assert f"{sum(alerts.values())} open alert" in _without_tags(tiny_site.site.folder / "index.html")


def test_no_page_lacks_a_section_in_a_generation_of_this_checkout(tiny_site: Built) -> None:
    for page in tiny_site.site.pages:
        assert "this generation does not hold" not in _text(page), page.name
    for page in tiny_site.site.pages[1:]:
        text = _text(page)
        for anchor in ("trend", "alerts", "definition", "downloads"):
            assert f'id="{anchor}"' in text, (page.name, anchor)
        assert 'class="prose"' in text, page.name
        assert text.count("<svg") >= 1 or "No value in any period yet" in text, page.name


def test_the_footer_names_the_generation(tiny_site: Built) -> None:
    generation = generations.current(tiny_site.home)
    for page in tiny_site.site.pages:
        text = _text(page)
        assert generation.name in text and generation.manifest["content_hash"] in text
        assert "rules passed" in text and "As of 1" in _without_tags(page)


def test_every_link_leads_to_a_file_or_an_anchor_of_the_site(tiny_site: Built) -> None:
    for page in [tiny_site.site.entry, *tiny_site.site.pages]:
        links = re.findall(r'(?:href|src)="([^"]*)"', _text(page)) + re.findall(r"url=([^\"]+)\"", _text(page))
        assert links
        for link in links:
            if link == "data:,":
                continue
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.is_file(), f"{page.name}: {link}"
            assert target.is_relative_to(tiny_site.home.root), link
            assert not anchor or f'id="{anchor}"' in _text(target), f"{page.name}: {link}"


def test_nothing_on_a_page_is_fetched_or_run(tiny_site: Built) -> None:
    for page in tiny_site.site.pages:
        text = _text(page)
        assert "<script" not in text and "http:" not in text and "https:" not in text
        assert not re.search(r"@import|url\(|\bon\w+=\"|<iframe|<object|<img", text), page.name
        assert "default-src 'none'" in text


def test_a_second_build_gives_the_same_bytes(tiny_site: Built, tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home").make()
    shutil.rmtree(home.published)
    shutil.copytree(tiny_site.home.published, home.published, symlinks=True)
    first = _digests(build(home).folder)
    assert first == _digests(tiny_site.site.folder)
    assert first == _digests(build(home).folder)
    assert [path.name for path in (home.root / "site").glob(".*")] == [".lock"]


def test_downloads_hold_every_row(tiny_site: Built) -> None:
    data = tiny_site.site.folder / "data"
    with tiny_site.marts() as marts:
        for kpi_id, rows, total in marts.execute(
            "select kpi_id, count(*), sum(kpi_value) from scorecard.fct_kpi_value group by 1"
        ).fetchall():
            with (data / f"{kpi_id}.csv").open(encoding="utf-8", newline="") as handle:
                told = list(csv.DictReader(handle))
            assert len(told) == rows == pq.read_metadata(data / f"{kpi_id}.parquet").num_rows
            assert sum(Decimal(row["kpi_value"] or 0) for row in told) == (total or 0)
        closed = "lag.kpi_inventory_turnover where is_month_closed"
        latest = f"select count(*) from {closed} and month_start_date = (select max(month_start_date) from {closed})"
        expected = marts.execute(latest).fetchone()[0]
    assert pq.read_metadata(data / "kpi_inventory_turnover.parquet").num_rows == expected > 0


def test_hostile_texts_are_shown_and_never_run(hostile_site: Built) -> None:
    allowed = "html|head|meta|link|title|style|body|a|header|div|nav|details|summary|p|ul|li|main|section|h[1-4]|dl|dt"
    allowed += "|dd|span|bdi|small|table|thead|tbody|tr|th|td|figure|figcaption|svg|path|text|circle|rect|aside|footer"
    allowed += "|code|em|strong|ol|caption"
    shown = ""
    for page in hostile_site.site.pages:
        text = _text(page)
        tags = set(re.findall(r"<([a-zA-Z][\w:-]*)", text))
        assert {tag for tag in tags if not re.fullmatch(allowed, tag)} == set(), page.name
        assert "\u202e" not in text and "\x01" not in text
        shown += _without_tags(page)
    for text in (
        "<script>document.title='hacked'</script>",
        "=cmd|' /C calc'!A0",
        "{{ 7 * 7 }} {% raw %}",
        "&lt;b&gt;",
    ):
        assert text in shown, text
    assert len(HOSTILE) == len(set(HOSTILE))


def test_hostile_texts_cannot_run_in_a_spreadsheet(hostile_site: Built) -> None:
    data = hostile_site.site.folder / "data"
    assert_no_cell_runs(data.glob("*.csv"))
    whole = pq.read_table(data / "fct_stock_record_flag.parquet", columns=["evidence"]).column("evidence").to_pylist()
    assert any(str(text).startswith("=") for text in whole)


def test_missing_values_are_said_and_counted(refreshed: Refreshed, tmp_path: Path) -> None:
    home = published_copy(refreshed, tmp_path / "home")
    change_marts(
        home,
        "update scorecard.fct_kpi_value set kpi_value = null, numerator = null, denominator = null, "
        "reason_code = 'no_cost' where kpi_id = 'carrying_cost_ratio'",
        "delete from scorecard.fct_kpi_value where kpi_id = 'abc_churn_ratio'",
        "delete from core.dim_policy where policy_key = 'recon_match_target'",
        "update core.dim_location set location_name = null",
        "update core.dim_sku set sku_description = null, category = null",
    )
    site = build(home)
    unknown = _without_tags(site.folder / "kpi" / "carrying_cost_ratio.html")
    assert "No value in any period yet" in unknown and "No cost" in unknown
    assert "Scopes without a value" in unknown
    assert "holds no company value" in _without_tags(site.folder / "kpi" / "abc_churn_ratio.html")
    assert "no target" in _without_tags(site.folder / "kpi" / "stock_match_ratio.html")
    first = _without_tags(site.folder / "index.html")
    assert "no value for the company" in first and "no cost" in first


def test_a_kpi_that_only_the_registry_knows_has_a_whole_page(refreshed: Refreshed, tmp_path: Path) -> None:
    home = published_copy(refreshed, tmp_path / "home")
    change_marts(
        home,
        "insert into scorecard.dim_kpi select * replace ('new_kpi' as kpi_id, 'A new KPI' as kpi_name, "
        "'points' as unit) from scorecard.dim_kpi where kpi_id = 'days_on_hand_90'",
        "insert into scorecard.fct_kpi_value select * replace ('new_kpi' as kpi_id) from scorecard.fct_kpi_value "
        "where kpi_id = 'days_on_hand_90'",
    )
    site = build(home)
    text = _without_tags(site.folder / "kpi" / "new_kpi.html")
    for words in ("A new KPI", "points", "By location", "Worst SKU-locations", "Turnover and cover", "Latest rows of"):
        assert words in text, words
    assert "A new KPI" in _text(site.folder / "index.html")


def _second_generation(home: Home) -> str:
    """Publish a copy of the current generation under the next number, as a refresh would."""
    here = generations.current(home)
    name = f"g{here.sequence + 1:06d}-{here.name.split('-')[1]}"
    shutil.copytree(here.path, home.published / name)
    manifest = home.published / name / generations.MANIFEST
    manifest.chmod(0o644)
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(here.name, name), encoding="utf-8")
    generations.move_pointer(home, name)
    return name


def test_the_overview_tells_what_changed_since_the_generation_before(refreshed: Refreshed, tmp_path: Path) -> None:
    home = published_copy(refreshed, tmp_path / "home")
    before = build(home)
    assert "Since the generation before" not in _text(before.folder / "index.html")
    _second_generation(home)
    change_marts(
        home,
        "update scorecard.fct_kpi_value set kpi_value = kpi_value + 1 where kpi_id = 'days_on_hand_90'",
        "delete from scorecard.fct_alert",
        _ALERT.format("'x', 'inventory_turnover', 'location', 'north.CHI1'", "1, 6, -5, 'critical', 'finance'"),
    )
    after = build(home)
    text = _without_tags(after.folder / "index.html")
    assert "Since the generation before" in text and before.generation in text
    assert "+1.0 days" in text
    assert re.search(r"Alerts opened\s+Inventory turnover, Chicago \(CHI1\): critical", text)
    assert "Stock records" in text.split("Alerts closed")[1].split("Can the data be trusted")[0]
    assert after.generation in entry(home).read_text(encoding="utf-8")
    assert before.folder.is_dir()


def test_a_site_goes_when_its_generation_goes(refreshed: Refreshed, tmp_path: Path) -> None:
    home = published_copy(refreshed, tmp_path / "home")
    old = build(home)
    (old.folder / "kpi" / "left_over.html").write_text("x", encoding="utf-8")
    (old.entry.parent / ".tmp-of-a-killed-builder" / "kpi").mkdir(parents=True)
    (old.entry.parent / ".index.html.new").write_text("<", encoding="utf-8")
    assert not (build(home).folder / "kpi" / "left_over.html").exists()
    assert sorted(path.name for path in old.entry.parent.glob(".*")) == [".lock"]
    _second_generation(home)
    shutil.rmtree(home.published / old.generation)
    fresh = build(home)
    assert not old.folder.exists() and fresh.folder.is_dir()
    assert fresh.generation in entry(home).read_text(encoding="utf-8")


def test_a_failed_build_leaves_the_site_as_it_was(
    refreshed: Refreshed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = published_copy(refreshed, tmp_path / "home")
    site = build(home)
    before = _digests(home.root / "site")
    assert f"{site.generation}/index.html" in before

    def broken(*_: object) -> None:
        raise duckdb.Error("broken")

    monkeypatch.setattr("reports.site.downloads.write", broken)
    with pytest.raises(PageError, match=r"reports/pages/\w+\.yml\): broken"):
        build(home)
    assert _digests(home.root / "site") == before


def test_scopes_of_any_type_are_named_and_listed(refreshed: Refreshed, tmp_path: Path) -> None:
    home = published_copy(refreshed, tmp_path / "home")
    with Built(home, build(home)).marts() as marts:
        supplier, name = marts.execute(
            "select supplier_id, supplier_name from core.dim_supplier where supplier_name <> '' order by 1 limit 1"
        ).fetchone()
        record, text = marts.execute(
            "select scope_id, sku_description from core.bridge_stock_scope inner join core.dim_sku using (sku_id) "
            "where scope_type = 'sku_location' and sku_description <> '' order by 1 limit 1"
        ).fetchone()
    value = "insert into scorecard.fct_kpi_value select * replace ({} as scope_type, {} as scope_id) "
    value += "from scorecard.fct_kpi_value where kpi_id = 'days_on_hand_90' and scope_type = 'company'"
    scopes = [("'supplier'", f"'{supplier}'"), ("'sku_location'", f"'{record}'")]
    change_marts(
        home,
        value.format(*scopes[0]),
        value.format("'abc_class'", "'A'"),
        value.format("'region'", "'LEAD|(unknown)'"),
        *(
            _ALERT.format(f"'{number}', 'days_on_hand_90', {', '.join(scope)}", "90, 60, 30, 'warning', 'Someone else'")
            for number, scope in enumerate(scopes)
        ),
    )
    site = build(home)
    page = _without_tags(site.folder / "kpi" / "days_on_hand_90.html")
    regions = ("By region", "South-west (LEAD)", "Region not told (LEAD)")
    for words in ("By supplier", "By abc class", *regions, name, f"{text}, ", "Someone else"):
        assert words.lower() in page.lower(), words
    first = _without_tags(site.folder / "index.html")
    assert "Someone else" in first


def test_the_summary_ends_with_the_address_of_the_pages(tiny_site: Built, refreshed: Refreshed, tmp_path: Path) -> None:
    assert summary(tiny_site.home).splitlines()[-1].split() == ["pages", tiny_site.site.entry.as_uri()]
    bare = published_copy(refreshed, tmp_path / "home")
    assert summary(bare).splitlines()[-1].split() == ["pages", "make", "open"]
    assert entry(refreshed.home).is_file(), "a refresh builds the pages"
    assert entry(refreshed.home).as_uri() in refreshed.output


def test_without_a_generation_there_is_no_site(home: Home) -> None:
    with pytest.raises(GenerationError, match="nothing is published"):
        build(home)
