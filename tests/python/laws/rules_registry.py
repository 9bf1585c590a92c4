"""Law 9: every KPI has one registry row, and each part the row names exists.

Here: rules over seeds/registry. Not here: the values of the KPIs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from laws.law import law
from laws.project import Project

_FILE = "seeds/registry/kpi_registry.csv"
_DIRECTIONS = ("higher_is_better", "lower_is_better")
_UNION = "fct_kpi_value"


@lru_cache(maxsize=64)
def _anchors(text: str) -> frozenset[str]:
    """Anchors of a Markdown page: its headings as GitHub slugs them, and explicit ids."""
    headings = re.findall(r"^#{1,6}\s+(.+?)\s*#*$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
    return frozenset(slugs | set(re.findall(r"""\b(?:id|name)=["']([^"']+)""", text)))


@law
def registry_rows_are_complete(project: Project) -> Iterator[str]:
    """kpi_id is unique; capability is m.n; lead or lag; a direction that fct_alert knows; nothing is empty."""
    seen: set[str] = set()
    for number, row in enumerate(project.rows("kpi_registry"), start=2):
        where = f"{_FILE}:{number} {row['kpi_id']}"
        for column, value in row.items():
            if not (value or "").strip():
                yield f"{where}: {column} is empty; fill it in"
        if row["kpi_id"] in seen:
            yield f"{where}: a second row of that id; a KPI has one"
        seen.add(row["kpi_id"])
        if not re.fullmatch(r"[1-7]\.[1-9]", row["capability"]):
            yield f"{where}: capability {row['capability']} is none of 1.1 to 7.6; name the one it serves"
        if row["lead_lag"] not in ("lead", "lag"):
            yield f"{where}: lead_lag is {row['lead_lag']}; say lead or lag"
        if row["direction"] not in _DIRECTIONS:
            yield f"{where}: direction {row['direction']}; fct_alert knows {' and '.join(_DIRECTIONS)}"


@law
def registry_parts_exist(project: Project) -> Iterator[str]:
    """The formula is a macro of macros/kpi in the model's lineage; model, target policy and alert scope exist."""
    policies = {row["policy_key"] for row in project.rows("policy_rows") if row["scope_type"] == "company"}
    scopes = {row["scope_type"] for row in project.rows("policy_scopes")}
    for number, row in enumerate(project.rows("kpi_registry"), start=2):
        where, model, formula = f"{_FILE}:{number} {row['kpi_id']}", row["model"], row["formula_macro"]
        macro = project.macros.get(formula)
        if macro is None or not macro.path.startswith("macros/kpi/"):
            yield f"{where}: formula {formula} is no macro of macros/kpi; write it there or mend the name"
        if model not in project.models:
            yield f"{where}: model {model} does not exist; build it or mend the name"
        elif macro and not any(formula in project.models[name].macros for name in project.ancestors(model)):
            yield f"{where}: neither {model} nor a model above it uses {formula}; name the one that makes the figure"
        if row["target_policy"] not in policies:
            yield f"{where}: target policy {row['target_policy']} has no company row in seeds/policy/policy_rows.csv"
        if row["alert_scope_type"] not in scopes:
            yield f"{where}: alert scope {row['alert_scope_type']} is not in seeds/registry/policy_scopes.csv"


@law
def registry_pages_exist(project: Project) -> Iterator[str]:
    """bi_page is a page of the checkout with an anchor for the KPI."""
    for number, row in enumerate(project.rows("kpi_registry"), start=2):
        page, _, anchor = row["bi_page"].partition("#")
        where = f"{_FILE}:{number} {row['kpi_id']}"
        if page not in project.files:
            yield f"{_FILE}: bi_page {page} does not exist; make it with `python -m orchestration docs`"
        elif not anchor or anchor not in _anchors(project.files[page]):
            yield f"{where}: {page} has no anchor #{anchor}; make it anew with `python -m orchestration docs`"


@law
def registry_and_scorecard_agree(project: Project) -> Iterator[str]:
    """scorecard.fct_kpi_value has a branch for each registry row and none beside; each kpi_ model has a row."""
    rows = project.rows("kpi_registry")
    registered = {row["kpi_id"] for row in rows}
    # The union and the step that each subject has below it.
    parts = [m for m in project.models.values() if m.name == _UNION or m.name.startswith("int_scorecard__")]
    branches = {kpi_id for part in parts for kpi_id in re.findall(r"'(\w+)' as kpi_id", part.rendered)}
    path = "models/marts/scorecard/intermediate"
    for kpi_id in sorted(registered - branches):
        yield f"{path}: no branch for {kpi_id} of the registry; add `'{kpi_id}' as kpi_id`"
    for kpi_id in sorted(branches - registered):
        yield f"{path}: branch {kpi_id} has no row in {_FILE}; register it"
    presented = {row["model"] for row in rows}
    for model in project.models.values():
        if model.name.startswith("kpi_") and model.name not in presented:
            yield f"{model.path}: no registry row names this KPI model; add one to {_FILE}"
