"""The validation report in a headless Chromium: silent, readable in every scheme, reachable by keyboard, fit for paper.

Here: what only a browser can tell. Skipped where no Chromium is installed (Debian: apt-get install chromium).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.python.browser import Browser
from tests.python.browser_checks import (
    assert_keyboard_reaches_all,
    assert_no_foreign_tag,
    assert_readable,
    assert_silent_and_fits,
    assert_whole_on_paper,
)
from tests.python.fixtures_report import GREW, Reported

WIDTHS = (1280, 390)


def _pages(report: Reported) -> list[Path]:
    """One page of each kind, each with something on it."""
    suite = report.folder / "suite" / f"{GREW.split('.')[0]}.html"
    rule = report.folder / "rule" / f"{GREW}.html"
    return [*(report.folder / name for name in ("index.html", "flags.html", "quarantine.html")), suite, rule]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_silent_and_fits(
    report_site: Reported, hostile_report: Reported, browser: Browser, width: int
) -> None:
    assert len(report_site.site.report) > 20
    for report in (report_site, hostile_report):
        for page in report.site.report:
            assert_silent_and_fits(browser, page, width, dark=report is hostile_report)
            assert browser.value("document.title").endswith("leadlag"), page.name
            assert_no_foreign_tag(browser)


def test_the_browser_would_have_seen_a_dialog(browser: Browser, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text("<!doctype html><h1>x</h1><script>alert('hacked')</script>", encoding="utf-8")
    assert browser.visit(bad).faults == ["dialog: hacked"]


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_every_text_has_the_contrast_of_wcag_aa(report_site: Reported, browser: Browser, scheme: str) -> None:
    for page in _pages(report_site):
        assert_readable(browser, page, scheme, texts_over=50)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_keyboard_reaches_every_link_and_shows_where_it_is(
    report_site: Reported, browser: Browser, width: int
) -> None:
    for page in _pages(report_site):
        assert_keyboard_reaches_all(browser, page, width, stops_over=10)


def test_the_first_stop_leads_past_the_navigation(report_site: Reported, browser: Browser) -> None:
    browser.visit(report_site.folder / "index.html")
    browser.press("Tab", 9)
    assert browser.value("document.activeElement.className") == "skip"
    assert browser.value("document.activeElement.getBoundingClientRect().left") >= 0
    browser.press("Enter", 13, "\r")
    assert browser.value("location.hash") == "#main"
    browser.press("Tab", 9)
    assert browser.value("document.activeElement.closest('main') !== null")


def test_on_paper_there_is_no_navigation_and_nothing_is_cut_off(
    report_site: Reported, hostile_report: Reported, browser: Browser
) -> None:
    for report in (report_site, hostile_report):
        for page in _pages(report):
            browser.visit(page)
            assert browser.value("[...document.querySelectorAll('nav')].some(n => n.offsetHeight > 0)"), page.name
            assert_whole_on_paper(browser, page)
