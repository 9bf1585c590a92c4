"""Law 9: every KPI has one registry row, and each part the row names exists.

Here: rules over seeds/registry. Not here: the values of the KPIs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from laws.law import law
from laws.project import Project
from reports.definitions import Page, PageError, order_terms, read_page, rows_columns
from reports.formulas import section

_FILE = "seeds/registry/kpi_registry.csv"
_DIRECTIONS = ("higher_is_better", "lower_is_better")
_UNION = "fct_kpi_value"


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
    """bi_page is the KPI's file in reports/pages: it says what the KPI means, and every model, column and anchor it
    names is there; no page is without a KPI."""
    folder = "reports/pages/"
    rows = project.rows("kpi_registry")
    for number, row in enumerate(rows, start=2):
        where, page = f"{_FILE}:{number} {row['kpi_id']}", f"{folder}{row['kpi_id']}.yml"
        if row["bi_page"] != page:
            yield f"{where}: bi_page is {row['bi_page']}; the page of a KPI is {page}"
        elif page not in project.files:
            yield f"{where}: {page} does not exist; write it, `meaning:` at least"
        else:
            try:
                definition = read_page(row["kpi_id"], project.files[page], row["model"], page)
            except (PageError, yaml.YAMLError) as error:
                yield str(error)
                continue
            if row["model"] in project.models:  # else registry_parts_exist speaks
                yield from _names_of_page(project, page, definition)
            if reference := definition.formula or _argued(project, row["target_policy"]):
                yield from _anchor_of_page(project, page, reference)
    for page in project.files:
        if page.startswith(folder) and page.removeprefix(folder) not in {f"{row['kpi_id']}.yml" for row in rows}:
            yield f"{page}: no row of {_FILE} has this page; remove it or register the KPI"


def _names_of_page(project: Project, page: str, definition: Page) -> Iterator[str]:
    """Models and columns that the sections of a page name and that do not exist."""
    named: list[tuple[str, str, set[str]]] = [("rows", definition.rows.model, rows_columns(definition.rows))]
    for table in definition.tables:
        columns = {shown.name for shown in table.columns} | {column for column, _, _ in order_terms(table.order_by)}
        named.append((table.title, table.rows.model, columns | rows_columns(table.rows)))
    for group in definition.groups:
        columns = {group.by} | {column for column, _, _ in order_terms(group.sums)}
        named.append((group.title, group.rows.model, columns | rows_columns(group.rows)))
    named += [("files", name, set()) for name in definition.files]
    for title, name, columns in named:
        model = project.models.get(name)
        if model is None:
            yield f"{page}: {title}: model {name} does not exist"
        else:
            for column in sorted(columns - set(model.columns)):
                yield f"{page}: {title}: {name} has no column {column}"


def _anchor_of_page(project: Project, page: str, reference: str) -> Iterator[str]:
    document, _, anchor = reference.partition("#")
    if section(project.files.get(document, ""), anchor.split(" ")[0]) is None:
        yield f"{page}: {reference} is no section; set `formula:` to the KPI's, or the decision_ref of its target"


def _argued(project: Project, policy_key: str) -> str:
    refs = [r["decision_ref"] for r in project.rows("policy_rows") if r["policy_key"] == policy_key]
    return refs[-1] if refs else ""


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
