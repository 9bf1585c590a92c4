"""Every page in a headless Chromium: no error, no request beyond the file, charts drawn, nothing wider than the window.

Here: what only a browser can tell. Skipped where no Chromium is installed (Debian: apt-get install chromium).
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.python.browser import Browser
from tests.python.browser_checks import assert_no_foreign_tag, assert_silent_and_fits
from tests.python.fixtures_pages import Built

WIDTHS = (1280, 390)


def _check(browser: Browser, page: Path, width: int, dark: bool = False) -> None:
    assert_silent_and_fits(browser, page, width, dark)
    assert browser.value("document.querySelector('h1').getBoundingClientRect().width") > 0
    drawn = "[...document.querySelectorAll('svg.chart')].filter(c => c.getBoundingClientRect().height > 20).length"
    says_why = browser.value("/No value in any period yet|holds no company value/.test(document.body.innerText)")
    assert (browser.value(drawn) >= 1) != says_why, f"{page.name} at {width}: a chart, or why there is none"


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_loads_without_error_or_request(tiny_site: Built, browser: Browser, width: int) -> None:
    assert len(tiny_site.site.pages) > 5
    for page in tiny_site.site.pages:
        _check(browser, page, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_texts_do_nothing(hostile_site: Built, browser: Browser, width: int) -> None:
    for page in hostile_site.site.pages:
        _check(browser, page, width, dark=True)
        assert browser.value("document.title").endswith("leadlag"), page.name
        assert_no_foreign_tag(browser)


def test_the_browser_would_have_seen_a_fault(browser: Browser, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<!doctype html><h1>x</h1><div style='width:2000px'>w</div><script src='missing.js'></script>"
        "<img src='https://example.org/x.png'><script>throw new Error('boom')</script>",
        encoding="utf-8",
    )
    seen = browser.visit(bad, 390)
    assert any("boom" in fault or "exception" in fault for fault in seen.faults)
    assert any("loading failed" in fault for fault in seen.faults)
    assert "https://example.org/x.png" in seen.requests
    assert browser.value("document.documentElement.scrollWidth") > 390


def test_the_entry_leads_to_the_overview(tiny_site: Built, browser: Browser) -> None:
    browser.ask("Page.navigate", url=tiny_site.site.entry.as_uri())
    for _ in range(100):
        with suppress(RuntimeError):  # a page that is being left answers with an error
            if browser.value("document.readyState === 'complete' && document.querySelector('h1') !== null"):
                break
        time.sleep(0.05)
    assert browser.value("location.pathname").endswith(f"{tiny_site.site.generation}/index.html")


def test_all_links_are_reached_by_the_keyboard(tiny_site: Built, browser: Browser) -> None:
    browser.visit(tiny_site.site.folder / "index.html")
    reachable = (
        "[...document.querySelectorAll('a, summary')].filter(e => e.checkVisibility() && e.tabIndex < 0 "
        "|| (e.tagName === 'A' && !e.href)).length"
    )
    assert browser.value(reachable) == 0
    first = "document.activeElement.className + '|' + document.activeElement.textContent"
    for kind in ("rawKeyDown", "keyUp"):
        browser.ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert browser.value(first).startswith("skip|")
    browser.value("document.querySelector('details.menu summary').focus()")
    for kind, text in (("keyDown", "\r"), ("keyUp", "")):
        browser.ask("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text=text)
    assert browser.value("document.querySelector('details.menu').open") is True


def test_a_page_prints_its_charts_and_tables_within_the_paper(tiny_site: Built, browser: Browser) -> None:
    for page in tiny_site.site.pages:
        browser.visit(page, 700)
        browser.ask("Emulation.setEmulatedMedia", media="print")
        assert browser.value("document.documentElement.scrollWidth") <= 700, page.name
        tables = "[...document.querySelectorAll('table')].filter(t => t.checkVisibility())"
        wide = f"{tables}.filter(t => t.getBoundingClientRect().right > 700).length"
        assert browser.value(wide) == 0, page.name
        browser.ask("Emulation.setEmulatedMedia", media="")
