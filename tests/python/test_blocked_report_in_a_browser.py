"""The report of a blocked build in a headless Chromium: silent, readable in every scheme, by keyboard and on paper.

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
from tests.python.fixtures_blocked import POISONED, Blocked

WIDTHS = (1280, 400)
NOTICE = """
(() => {
  const box = document.querySelector('.notice').getBoundingClientRect();
  return [box.width > 300 && box.height > 40, box.top >= 0 && box.bottom <= innerHeight];
})()
"""


def _pages(blocked: Blocked) -> list[Path]:
    """One page of each kind, each with something on it."""
    names = ("index.html", "flags.html", "quarantine.html", "suite/row_accounting.html", f"rule/{POISONED}.html")
    return [blocked.report / name for name in names]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_silent_fits_and_shows_first_that_it_is_not_published(
    blocked: Blocked, hostile_blocked: Blocked, browser: Browser, width: int
) -> None:
    report = blocked if width == WIDTHS[0] else hostile_blocked
    assert len(report.pages) > 400
    for page in [*report.pages, *_pages(blocked), *_pages(hostile_blocked)]:
        assert_silent_and_fits(browser, page, width, dark=report is hostile_blocked)
        assert browser.value("document.title").startswith("Not published · "), page.name
        assert_no_foreign_tag(browser)
        assert browser.value(NOTICE) == [True, True], f"{page.name}: the notice is not what one sees first at {width}"


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_every_text_has_the_contrast_of_wcag_aa(blocked: Blocked, browser: Browser, scheme: str) -> None:
    for page in _pages(blocked):
        assert_readable(browser, page, scheme, texts_over=30)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_keyboard_reaches_every_link(blocked: Blocked, browser: Browser, width: int) -> None:
    for page in _pages(blocked)[1:]:
        assert_keyboard_reaches_all(browser, page, width, stops_over=5)


def test_on_paper_it_still_says_so_and_nothing_is_cut_off(
    blocked: Blocked, hostile_blocked: Blocked, browser: Browser
) -> None:
    for report in (blocked, hostile_blocked):
        for page in _pages(report):
            browser.visit(page)
            assert_whole_on_paper(browser, page)
            assert browser.value(NOTICE)[0], f"{page.name}: a printed sheet does not say that it is not published"
