"""The report by itself, for what no site shows: a build that its audit blocked, or a generation that was audited again.

Here: where it lies, its heading, which ones are kept. Not here: what its pages say (pages.py).

It lies beside the failing keys, in <home>/audit/<content hash or generation>/report/, with pages and files of its own:
nothing in site/ or published/ leads there, and it leads nowhere else. It is written whole under another name and then
renamed. What no reader was given it says on each page, and it has no page of a KPI.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from expectations.results import REPORT, Judged
from orchestration.lib import generations
from orchestration.lib.paths import Home
from reports import overview
from reports.definitions import load_page
from reports.marts import Marts
from reports.site import ENTRY, environment, put
from reports.subject import BLOCKED, Subject, of_audit, readers_have
from reports.validation.pages import Writer

KEEP = 5
"""Reports that are kept, as many as generations are; the keys beside an older one stay."""


def write(home: Home, judged: Judged) -> Path:
    """Write the report of what was judged, in place of an earlier one, and return the page to open."""
    final = judged.folder / REPORT
    fresh = judged.folder / f".{REPORT}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        subject = of_audit(home, judged)
        marts = Marts(subject)
        pages = {kpi.kpi_id: load_page(kpi.kpi_id, kpi.model) for kpi in marts.kpis}
        Writer(home, marts, environment(), _frame(home, subject, marts), pages, fresh, put, folder="").all()
        shutil.rmtree(final, ignore_errors=True)
        fresh.rename(final)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    _prune(home)
    return final / ENTRY


def _frame(home: Home, subject: Subject, marts: Marts) -> dict[str, Any]:
    """What every page carries: the heading that says what this is, and the footer's facts."""
    verdict, verdict_status, _ = overview.audit(marts)
    return {
        "is_alone": True,
        "notice": _blocked(home) if subject.kind == BLOCKED else _again(subject),
        "navigation": [],
        "generation": subject.name,
        "as_of": overview.moment_text(subject.as_of),
        "content_hash": subject.content_hash,
        "verdict": verdict,
        "verdict_status": verdict_status,
    }


def _blocked(home: Home) -> dict[str, str]:
    here, kept = readers_have(home), "Nothing is published yet: readers have no generation."
    if name := here.name if here else generations.current_name(home):
        as_of = f", as of {overview.moment_text(here.manifest['as_of'])}," if here else ""
        kept = f"Readers still have generation {name}{as_of} until a build passes its audit."
    return {
        "status": "critical",
        "mark": "Not published",
        "title": "This build was not published.",
        "text": f"{kept} No figure on these pages is a published one.",
    }


def _again(subject: Subject) -> dict[str, str]:
    return {
        "status": "plain",
        "mark": "Audited again",
        "title": f"Generation {subject.name}, audited again.",
        "text": "By the rules of the version that wrote this report. Nothing of it has landed, and the pages of the "
        "generation stay as they are.",
    }


def _prune(home: Home) -> None:
    """Delete reports beyond the newest. The age is the page's, by the clock of this machine: housekeeping, never
    data."""
    found = [page.parent for page in home.audits.glob(f"*/{REPORT}/{ENTRY}")]
    for old in sorted(found, key=lambda report: (report / ENTRY).stat().st_mtime_ns)[:-KEEP]:
        shutil.rmtree(old, ignore_errors=True)
