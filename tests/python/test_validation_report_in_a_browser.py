"""The validation report in a headless Chromium: silent, readable in every scheme, reachable by keyboard, fit for paper.

Here: what only a browser can tell. Skipped where no Chromium is installed (Debian: apt-get install chromium).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.python.browser import Browser, executable
from tests.python.browser_questions import CONTRASTS, FOCUS, REACHABLE
from tests.python.fixtures_report import GREW, Reported

WIDTHS = (1280, 390)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the module."""
    program = executable()
    if program is None:
        pytest.skip("no Chromium on this machine; on Debian: apt-get install chromium")
    with Browser(program) as started:
        yield started


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
            seen = browser.visit(page, width, dark=report is hostile_report)
            assert seen.faults == [], page.name
            assert [url for url in seen.requests if url not in (seen.url, "data:,")] == [], page.name
            assert browser.value("document.documentElement.scrollWidth") <= width, f"{page.name} overflows at {width}"
            assert browser.value("document.title").endswith("leadlag"), page.name
            assert browser.value("document.querySelectorAll('script, img, iframe, i, b, u').length") == 0, page.name


def test_the_browser_would_have_seen_a_dialog(browser: Browser, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text("<!doctype html><h1>x</h1><script>alert('hacked')</script>", encoding="utf-8")
    assert browser.visit(bad).faults == ["dialog: hacked"]


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_every_text_has_the_contrast_of_wcag_aa(report_site: Reported, browser: Browser, scheme: str) -> None:
    for page in _pages(report_site):
        browser.visit(page, dark=scheme == "dark")
        if scheme == "print":
            browser.print_media()
        (ratio, style, text), (texts,) = browser.value(CONTRASTS)
        assert texts > 50, page.name
        assert ratio >= 4.5, f"{page.name}, {scheme}: {ratio} for {text!r} ({style})"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_keyboard_reaches_every_link_and_shows_where_it_is(
    report_site: Reported, browser: Browser, width: int
) -> None:
    for page in _pages(report_site):
        browser.visit(page, width)
        expected = browser.value(REACHABLE)
        reached = []
        for _ in range(len(expected) + 1):
            browser.press("Tab", 9)
            focus = browser.value(FOCUS)
            if focus is None or focus[0] in reached:  # past the last one: the window's, or the first again
                break
            assert focus[1], f"{page.name}: no outline at element {focus[0]}"
            assert focus[2], f"{page.name}: element {focus[0]} has the focus and is out of sight"
            reached.append(focus[0])
        assert reached == expected, page.name
        assert len(reached) > 10 and reached[0] == 0


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
            browser.print_media()
            assert browser.value("[...document.querySelectorAll('nav, .skip')].every(n => n.offsetHeight === 0)")
            assert browser.value("document.documentElement.scrollWidth") <= 720, f"{page.name} is wider than the sheet"
            cut = "[...document.querySelectorAll('.scroll')].filter(s => s.scrollWidth > s.clientWidth + 1).length"
            assert browser.value(cut) == 0, page.name
