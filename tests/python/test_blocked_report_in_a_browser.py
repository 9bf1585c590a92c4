"""The report of a blocked build in a headless Chromium: silent, readable in every scheme, by keyboard and on paper.

Here: what only a browser can tell. Skipped where no Chromium is installed (Debian: apt-get install chromium).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.python.browser import Browser, executable
from tests.python.browser_questions import CONTRASTS, FOCUS, REACHABLE
from tests.python.fixtures_blocked import POISONED, Blocked

WIDTHS = (1280, 400)
NOTICE = """
(() => {
  const box = document.querySelector('.notice').getBoundingClientRect();
  return [box.width > 300 && box.height > 40, box.top >= 0 && box.bottom <= innerHeight];
})()
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the module."""
    program = executable()
    if program is None:
        pytest.skip("no Chromium on this machine; on Debian: apt-get install chromium")
    with Browser(program) as started:
        yield started


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
        seen = browser.visit(page, width, dark=report is hostile_blocked)
        assert seen.faults == [], page.name
        assert [url for url in seen.requests if url not in (seen.url, "data:,")] == [], page.name
        assert browser.value("document.documentElement.scrollWidth") <= width, f"{page.name} overflows at {width}"
        assert browser.value("document.title").startswith("Not published · "), page.name
        assert browser.value("document.querySelectorAll('script, img, iframe, i, b, u').length") == 0, page.name
        assert browser.value(NOTICE) == [True, True], f"{page.name}: the notice is not what one sees first at {width}"


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_every_text_has_the_contrast_of_wcag_aa(blocked: Blocked, browser: Browser, scheme: str) -> None:
    for page in _pages(blocked):
        browser.visit(page, dark=scheme == "dark")
        if scheme == "print":
            browser.print_media()
        (ratio, style, text), (texts,) = browser.value(CONTRASTS)
        assert texts > 30, page.name
        assert ratio >= 4.5, f"{page.name}, {scheme}: {ratio} for {text!r} ({style})"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_keyboard_reaches_every_link(blocked: Blocked, browser: Browser, width: int) -> None:
    for page in _pages(blocked)[1:]:
        browser.visit(page, width)
        expected, reached = browser.value(REACHABLE), []
        for _ in range(len(expected) + 1):
            browser.press("Tab", 9)
            focus = browser.value(FOCUS)
            if focus is None or focus[0] in reached:  # past the last one: the window's, or the first again
                break
            assert focus[1] and focus[2], f"{page.name}: element {focus[0]} has the focus unseen"
            reached.append(focus[0])
        assert reached == expected and len(reached) > 5, page.name


def test_on_paper_it_still_says_so_and_nothing_is_cut_off(
    blocked: Blocked, hostile_blocked: Blocked, browser: Browser
) -> None:
    for report in (blocked, hostile_blocked):
        for page in _pages(report):
            browser.visit(page)
            browser.print_media()
            assert browser.value(NOTICE)[0], f"{page.name}: a printed sheet does not say that it is not published"
            assert browser.value("[...document.querySelectorAll('nav, .skip')].every(n => n.offsetHeight === 0)")
            assert browser.value("document.documentElement.scrollWidth") <= 720, f"{page.name} is wider than the sheet"
            cut = "[...document.querySelectorAll('.scroll')].filter(s => s.scrollWidth > s.clientWidth + 1).length"
            assert browser.value(cut) == 0, page.name
