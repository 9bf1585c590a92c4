"""Builds the site of the current generation and moves readers to it.

Here: rendering, files, the address readers keep, pruning. Not here: what the pages say (kpi_page.py, overview.py).

<home>/site/<generation>/ holds the pages of that generation; <home>/site/index.html leads to the newest one. A page is
replaced as a whole, the entry last; a site goes when its generation goes. The same generation (beside the same
generation before it) gives the same bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from orchestration.lib import generations
from orchestration.lib.generations import open_current
from orchestration.lib.lock import writer_lock
from orchestration.lib.paths import Home
from reports import downloads, formats, formulas, overview
from reports.definitions import PageError, load_page
from reports.downloads import Download
from reports.grids import Grid, ModelTables
from reports.kpi_page import STATUS_WORDS, Headline, KpiFacts
from reports.marts import Kpi, Marts
from reports.subject import of_generation
from reports.validation.pages import Writer

HERE = Path(__file__).parent
ENTRY = "index.html"
WAIT_SECONDS = 120.0


@dataclass(frozen=True)
class Site:
    """A site that was built: the address readers keep, its folder, its pages, and those of the validation report."""

    entry: Path
    folder: Path
    generation: str
    pages: tuple[Path, ...]
    report: tuple[Path, ...]


def site_folder(home: Home) -> Path:
    """Where the sites of a home lie."""
    return home.root / "site"


def entry(home: Home) -> Path:
    """The address readers keep."""
    return site_folder(home) / ENTRY


def environment() -> Environment:
    """Templates with every value escaped and a missing one an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["words"] = formats.words
    made.globals["STATUS_WORDS"] = STATUS_WORDS
    made.globals["size_of"] = _size
    style = (HERE / "templates" / "style.css").read_text(encoding="utf-8")
    made.globals["style"] = Markup(style)  # noqa: S704 - our own file
    return made


def _size(number: int) -> str:
    return f"{number / 1e6:,.1f} MB" if number >= 1e6 else f"{max(number / 1e3, 0.1):,.1f} kB"


def build(home: Home, on_page: Callable[[str], None] = lambda page: None) -> Site:
    """Build the site of the current generation, lead readers to it, prune sites whose generation is gone.

    One builder at a time: another waits for it. GenerationError when nothing is published; PageError when a page
    definition asks for what its model has not.
    """
    root = site_folder(home)
    root.mkdir(parents=True, exist_ok=True)
    with writer_lock(root / ".lock", WAIT_SECONDS), open_current(home) as opened:
        for left in root.glob(".tmp-*"):
            shutil.rmtree(left)
        name = opened.generation.name
        tmp = root / f".tmp-{name}"
        (tmp / "kpi").mkdir(parents=True)
        try:
            pages, report = _render(home, Marts(of_generation(home, opened), root / ".spill"), tmp, on_page)
            _settle(tmp, root / name)
        finally:
            shutil.rmtree(tmp, ignore_errors=True)
            shutil.rmtree(root / ".spill", ignore_errors=True)
        put(root / ENTRY, environment().get_template("entry.html").render(generation=name))
        kept = {generation.name for generation in generations.list_generations(home)}
        for old in root.iterdir():
            if old.is_dir() and generations.sequence_of(old.name) is not None and old.name not in kept:
                shutil.rmtree(old)
    files = (tuple(root / name / page for page in found) for found in (pages, report))
    return Site(root / ENTRY, root / name, name, *files)


def put(path: Path, text: str) -> None:
    """Write a page as a whole."""
    fresh = path.with_name(f".{path.name}.new")  # one builder at a time: what a killed one left is written over
    fresh.write_text(text, encoding="utf-8", newline="\n")
    fresh.replace(path)


def _settle(tmp: Path, final: Path) -> None:
    """Move every file of `tmp` to its place in `final`, each as a whole, and remove what no longer belongs."""
    fresh = {path.relative_to(tmp) for path in tmp.rglob("*") if path.is_file()}
    for path in sorted(fresh):
        (final / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp / path).replace(final / path)
    for path in [p for p in final.rglob("*") if p.is_file() and p.relative_to(final) not in fresh]:
        path.unlink()


def _render(home: Home, marts: Marts, site: Path, on_page: Callable[[str], None]) -> tuple[list[str], list[str]]:
    templates = environment()
    frame = _frame(marts)
    facts: dict[str, KpiFacts] = {}
    headlines: dict[str, list[Headline]] = {}
    models: dict[str, list[Download]] = {}
    pages = []
    for kpi in marts.kpis:
        facts[kpi.kpi_id] = KpiFacts(marts, kpi, load_page(kpi.kpi_id, kpi.model))
        marts.judge(kpi)
        try:
            headlines[kpi.kpi_id] = facts[kpi.kpi_id].headlines()
            told = _kpi(home, marts, facts[kpi.kpi_id], headlines[kpi.kpi_id], site, models)
        except (duckdb.Error, KeyError) as error:
            raise PageError(f"page of {kpi.kpi_id} (reports/pages/{kpi.kpi_id}.yml): {error}") from error
        page = f"kpi/{kpi.kpi_id}.html"
        put(site / page, templates.get_template("kpi.html").render(root="../", kpi=kpi, **frame, **told))
        on_page(page)
        pages.append(page)
    figure_of = {kpi_id: (fact.kpi, fact.display) for kpi_id, fact in facts.items()}
    first = templates.get_template("overview.html").render(root="", **frame, **_overview(marts, headlines, figure_of))
    put(site / ENTRY, first)
    definitions = {kpi_id: fact.page for kpi_id, fact in facts.items()}
    report = Writer(home, marts, templates, frame, definitions, site, put).all()
    return [ENTRY, *pages], report


def _frame(marts: Marts) -> dict[str, Any]:
    """What every page carries: navigation and the footer's facts."""
    subject = marts.subject
    verdict, verdict_status, _ = overview.audit(marts)
    subjects: dict[str, list[Kpi]] = {}
    for kpi in marts.kpis:
        subjects.setdefault(marts.schema(kpi), []).append(kpi)
    order = [s for s in overview.SUBJECTS if s in subjects] + sorted(s for s in subjects if s not in overview.SUBJECTS)
    return {
        "is_alone": False,
        "notice": None,
        "navigation": [(overview.SUBJECTS.get(s, formats.words(s)), subjects[s]) for s in order],
        "generation": subject.name,
        "as_of": overview.moment_text(subject.as_of),
        "content_hash": subject.content_hash,
        "verdict": verdict,
        "verdict_status": verdict_status,
    }


def _overview(
    marts: Marts, headlines: dict[str, list[Headline]], figure_of: dict[str, tuple[Kpi, str]]
) -> dict[str, Any]:
    alerts, alert_count = overview.alerts_by_owner(marts)
    return {
        "links": overview.links(marts),
        "subjects": overview.subjects(marts, headlines),
        "standing": overview.standing(headlines),
        "stock": overview.stock(marts),
        "alerts": alerts,
        "alert_count": alert_count,
        "audit": overview.audit(marts)[2],
        "trust": [g for g in (overview.quarantine(marts), overview.flags(marts)) if g],
        "feeds": overview.landed(marts),
        "change": overview.changes(marts, figure_of),
    }


def _kpi(
    home: Home, marts: Marts, facts: KpiFacts, headlines: list[Headline], site: Path, models: dict[str, list[Download]]
) -> dict[str, Any]:
    kpi, page = facts.kpi, facts.page
    target = marts.rows("select target_value from judged where kpi_id = ? and scope_type = 'company'", [kpi.kpi_id])
    at = target[0][0] if target else None
    reference = page.formula or _reference(marts, kpi)
    macro = formulas.macros(home.repo).get(kpi.formula_macro)
    tables = ModelTables(marts)
    lists: list[Grid | None] = [facts.worst()]
    lists += [tables.table(table, at, f"table-{number}") for number, table in enumerate(page.tables, start=1)]
    groups = [tables.group(group, at, f"group-{number}") for number, group in enumerate(page.groups, start=1)]
    reasons, missing = facts.reasons()
    return {
        "page": page,
        "meaning": page.meaning or (macro[2] if macro else ""),
        "subject": overview.SUBJECTS.get(marts.schema(kpi), formats.words(marts.schema(kpi))),
        "headlines": headlines,
        "multiples": facts.multiples(),
        "breakdowns": facts.breakdowns(),
        "reasons": reasons,
        "missing": missing,
        "lists": [grid for grid in lists if grid],
        "groups": [grid for grid in groups if grid],
        "absent": [t.title for t, grid in zip(page.tables, lists[1:], strict=True) if grid is None]
        + [g.title for g, grid in zip(page.groups, groups, strict=True) if grid is None],
        "alerts": facts.alerts(),
        "restated": facts.restated(),
        "formula": formulas.formula(home.repo, reference),
        "reference": reference,
        "macro": macro,
        "model_file": formulas.model_files(home.repo).get(kpi.model, ""),
        "policies": _policies(marts, kpi, facts),
        "downloads": _downloads(marts, facts, site, models),
    }


def _reference(marts: Marts, kpi: Kpi) -> str:
    """Where the target policy was argued: the KPI's section of docs/formulas.md unless its page names another."""
    found = marts.rows(
        "select decision_ref from core.dim_policy where policy_key = ? and scope_type = 'company' "
        "order by effective_from desc limit 1",
        [kpi.target_policy],
    )
    return str(found[0][0]) if found else ""


def _policies(marts: Marts, kpi: Kpi, facts: KpiFacts) -> list[tuple[str, str, str, str]]:
    """(value, from, to, approved by) of each target row, the newest first."""
    found = marts.rows(
        "select value_number, effective_from, effective_to, approved_by from core.dim_policy "
        "where policy_key = ? and scope_type = 'company' order by effective_from desc",
        [kpi.target_policy],
    )
    return [
        (facts.figure(value), formats.day(start), "now" if end.year == 9999 else formats.day(end), formats.words(by))
        for value, start, end, by in found
    ]


def _downloads(marts: Marts, facts: KpiFacts, site: Path, models: dict[str, list[Download]]) -> list[Download]:
    """The KPI's scorecard rows, and its model's latest rows (one file for all KPIs of one model and choice of rows)."""
    kpi, rows = facts.kpi, facts.page.rows
    values = f"select * from scorecard.fct_kpi_value where kpi_id = '{kpi.kpi_id}'"
    done = downloads.write(marts, site, kpi.kpi_id, "Every value of this KPI: all scopes, all periods", values)
    for model in facts.page.files:
        if (given := marts.tables.get(model)) is not None:
            done += downloads.write(marts, site, model, f"Every row of {given}", f"select * from {given}")
    relation = marts.tables.get(kpi.model)
    if relation is None:
        return done
    sql = marts.latest(relation, rows)
    if sql not in models:
        number = sum(1 for known in models.values() if known[0].title.endswith(f" {relation}"))
        name = kpi.model + (f"_{number + 1}" if number else "")
        models[sql] = downloads.write(marts, site, name, f"Latest rows of {relation}", sql)
    return [*done, *models[sql]]
