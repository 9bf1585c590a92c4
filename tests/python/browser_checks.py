"""What every page must be in a browser: silent, no wider than the window, readable, within reach of the keyboard, whole
on paper. One browser for a module.

Here: checks that pages of the site and of both reports share. Not here: the browser (browser.py), what one page alone
must show.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.python.browser import Browser, executable

CONTRASTS = """
(() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.getClientRects().length) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(parse(e.closest('svg') ? style.fill : style.color)), light(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([Math.round(ratio * 100) / 100, e.className.baseVal ?? e.className, walker.currentNode.data.trim()]);
  }
  return found.sort((x, y) => x[0] - y[0]).slice(0, 1).concat([[found.length]]);
})()
"""

FOCUS = """
(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const all = [...document.querySelectorAll('a, summary, [tabindex]')];
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const inHeader = e.closest('header') !== null || e.matches('.skip');
  const top = inHeader ? 0 : document.querySelector('header').getBoundingClientRect().bottom;
  return [all.indexOf(e), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
          box.bottom > top && box.top < innerHeight && box.right > 0 && box.left < innerWidth];
})()
"""

REACHABLE = """
[...document.querySelectorAll('a, summary, [tabindex]')].map((e, n) => [n, e]).filter(([n, e]) =>
  !(e.closest('details:not([open])') && e.tagName !== 'SUMMARY')).map(([n, e]) => n)
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the module."""
    program = executable()
    if program is None:
        pytest.skip("no Chromium on this machine; on Debian: apt-get install chromium")
    with Browser(program) as started:
        yield started


def assert_silent_and_fits(browser: Browser, page: Path, width: int, dark: bool = False) -> None:
    """No error and no dialog, no request beyond the file, nothing wider than the window."""
    seen = browser.visit(page, width, dark=dark)
    assert seen.faults == [], page.name
    assert [url for url in seen.requests if url not in (seen.url, "data:,")] == [], page.name
    assert browser.value("document.documentElement.scrollWidth") <= width, f"{page.name} overflows at {width}"


def assert_no_foreign_tag(browser: Browser) -> None:
    """No text of the data has become an element."""
    foreign = "document.querySelectorAll('script, img, iframe, i, b, u').length"
    assert browser.value(foreign) == 0, browser.value("document.title")


def assert_readable(browser: Browser, page: Path, scheme: str, texts_over: int) -> None:
    """Every text has the contrast of WCAG AA in a scheme (light, dark, print), and there are more than so many."""
    browser.visit(page, dark=scheme == "dark")
    if scheme == "print":
        browser.print_media()
    (ratio, style, text), (texts,) = browser.value(CONTRASTS)
    assert texts > texts_over, page.name
    assert ratio >= 4.5, f"{page.name}, {scheme}: {ratio} for {text!r} ({style})"


def assert_keyboard_reaches_all(browser: Browser, page: Path, width: int, stops_over: int) -> None:
    """Tab goes through every link, with an outline and in sight, and there are more than so many."""
    browser.visit(page, width)
    expected = browser.value(REACHABLE)
    reached: list[int] = []
    for _ in range(len(expected) + 1):
        browser.press("Tab", 9)
        focus = browser.value(FOCUS)
        if focus is None or focus[0] in reached:  # past the last one: the window's, or the first again
            break
        assert focus[1], f"{page.name}: no outline at element {focus[0]}"
        assert focus[2], f"{page.name}: element {focus[0]} has the focus and is out of sight"
        reached.append(focus[0])
    assert reached == expected, page.name
    assert len(reached) > stops_over and reached[0] == 0


def assert_whole_on_paper(browser: Browser, page: Path) -> None:
    """Of the page as it is loaded, and then printed: no navigation, nothing cut off."""
    browser.print_media()
    assert browser.value("[...document.querySelectorAll('nav, .skip')].every(n => n.offsetHeight === 0)")
    assert browser.value("document.documentElement.scrollWidth") <= 720, f"{page.name} is wider than the sheet"
    cut = "[...document.querySelectorAll('.scroll')].filter(s => s.scrollWidth > s.clientWidth + 1).length"
    assert browser.value(cut) == 0, page.name
