"""The words behind a figure: the section of a Markdown page that an anchor names, and a formula macro's comment.

Here: cutting and rendering documentation. Not here: figures. Raw HTML of the Markdown is not rendered.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

_ANCHOR = re.compile(r"""<a id=["']([^"']+)["']></a>""")
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_MACRO = re.compile(r"\{#(?P<words>.*?)#\}\s*\{%-?\s*macro\s+(?P<name>\w+)\((?P<arguments>[^)]*)\)", re.DOTALL)


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def section(text: str, anchor: str) -> tuple[str, str] | None:
    """(heading, Markdown below it) of the section that carries `anchor`, its explicit id or its heading's slug.

    An id stands right above its heading or right below it; the section ends at the next heading as high as its own.
    """
    lines = text.splitlines()
    headings = [(number, match) for number, line in enumerate(lines) if (match := _HEADING.match(line))]
    for number, match in headings:
        slug = re.sub(r"[^\w\- ]", "", match[2].lower()).strip().replace(" ", "-")
        around = [*lines[max(number - 2, 0) : number], *lines[number + 1 : number + 3]]
        if anchor != slug and anchor not in {name for line in around for name in _ANCHOR.findall(line)}:
            continue
        end = next((n for n, other in headings if n > number and len(other[1]) <= len(match[1])), len(lines))
        body = "\n".join(line for line in lines[number + 1 : end] if not _ANCHOR.fullmatch(line.strip()))
        return match[2], body.strip()
    return None


def render(markdown: str) -> Markup:
    """Markdown as HTML; headings sink below the page's own, wide tables may scroll, links are told as text."""
    html = _markdown().render(markdown)
    html = re.sub(r"<(/?)h[1-6]>", r"<\1h4>", html)
    html = re.sub(r'<a href="[^"]*">(.*?)</a>', r"\1", html)
    html = html.replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")
    return Markup(html)  # noqa: S704 - made by the renderer, which escapes raw HTML


def formula(repo: Path, reference: str) -> tuple[str, Markup] | None:
    """(heading, HTML) of `docs/formulas.md#anchor`; words behind the anchor (`#record-rules DQ-S1`) are ignored."""
    page, _, anchor = reference.partition("#")
    path = repo / page
    found = section(path.read_text(encoding="utf-8"), anchor.split(" ")[0]) if anchor and path.is_file() else None
    return (found[0], render(found[1])) if found else None


@lru_cache(maxsize=4)
def macros(repo: Path) -> dict[str, tuple[str, str, str]]:
    """{macro: (file, arguments, its comment)} of macros/kpi."""
    found = {}
    for path in sorted((repo / "macros" / "kpi").glob("*.sql")):
        for match in _MACRO.finditer(path.read_text(encoding="utf-8")):
            comment = match["words"].split("{#")[-1].split("#}")[-1]
            flat = [re.sub(r"\s+", " ", text).strip() for text in (match["arguments"], comment)]
            found[match["name"]] = (str(path.relative_to(repo)), flat[0], flat[1])
    return found


@lru_cache(maxsize=4)
def model_files(repo: Path) -> dict[str, str]:
    """{model: file} of the dbt project."""
    return {path.stem: str(path.relative_to(repo)) for path in sorted((repo / "models").rglob("*.sql"))}
