"""What every model, source and seed declares: own YAML, grain, contract, words, group, schema, no constraint.

Here: rules over dbt's properties. Not here: names and units of columns (rules_names.py), the SQL itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import yaml

from laws.law import law
from laws.project import Project
from laws.sql_text import line_of, scan, uncommented

_RUN_MECHANICS = {"as_of_at", "as_of_date", "late_horizon_days"}
_CONSTRAINT = re.compile(
    r"\b(?:create\s+(?:unique\s+)?index|primary\s+key|foreign\s+key|add\s+constraint)\b", re.IGNORECASE
)


@lru_cache(maxsize=4096)
def _models_named_in(text: str) -> tuple[str, ...]:
    """Names under the key `models:` of a YAML file; read by its layout, for a parser takes seconds over all files."""
    section = re.search(r"^models:\n(.*?)(?=^\w|\Z)", text, re.MULTILINE | re.DOTALL)
    return tuple(re.findall(r"^ {0,2}- name: (\S+)", section.group(1), re.MULTILINE)) if section else ()


@law
def every_model_has_its_own_yaml(project: Project) -> Iterator[str]:
    """<model>.yml lies beside <model>.sql (or .py) and describes that model alone."""
    for model in project.models.values():
        own = model.path.rsplit(".", 1)[0] + ".yml"
        if model.yaml != own:
            yield f"{model.path}: described in {model.yaml or 'no file'}; describe it in {own}"
    for path, text in project.files.items():
        if path.startswith("models/") and path.endswith(".yml"):
            named = _models_named_in(text)
            stem = path.rsplit("/", 1)[-1].removesuffix(".yml")
            if named and named != (stem,):
                yield f"{path}: describes {', '.join(named)}; one file describes the one model of its name"
    for path in project.files:
        name, _, ending = path.rsplit("/", 1)[-1].rpartition(".")
        if path.startswith("models/") and ending in ("sql", "py") and name not in project.models:
            yield f"{path}: dbt does not build it (disabled or not parsed); enable it or delete it"


@law
def every_description_names_the_grain(project: Project) -> Iterator[str]:
    """A description says what one row is: it begins with `One row per ...` (or `One row:` for a single row)."""
    for model in project.models.values():
        if not re.match(r"One row(?: per \w|: )", model.description):
            yield f"{model.yaml or model.path}: description does not begin with its grain; begin with `One row per ...`"


@law
def every_model_tests_its_grain(project: Project) -> Iterator[str]:
    """Each model has the test unique_grain over columns it has: unique together, none of them null."""
    for model in project.models.values():
        tests = project.tests_of(model.name, "unique_grain")
        if not tests or not tests[0].get("columns"):
            yield f"{model.yaml or model.path}: no unique_grain test; add it with the columns of the grain"
        for test in tests:
            for column in test.get("columns") or []:
                if not set(re.findall(r"[a-z_]\w*", str(column))) & set(model.columns):
                    yield f"{model.yaml}: unique_grain names `{column}`, which is no column of the model"


@law
def every_contract_is_enforced(project: Project) -> Iterator[str]:
    """The contract of each SQL model is enforced, and each column of any model has a type."""
    for model in project.models.values():
        if model.language == "sql" and not (model.config.get("contract") or {}).get("enforced"):
            yield f"{model.yaml or model.path}: contract is not enforced; remove what switches it off"
        if not model.columns:
            yield f"{model.yaml or model.path}: no columns; list each with name, data_type and description"
        for name, column in model.columns.items():
            if not column.get("data_type"):
                yield f"{model.yaml}: column {name} has no data_type; say it"


@law
def every_column_is_described(project: Project) -> Iterator[str]:
    """Columns of models, sources and seeds' types are written down: a reader never guesses."""
    for model in project.models.values():
        for name, column in model.columns.items():
            if not (column.get("description") or "").strip():
                yield f"{model.yaml}: column {name} has no description; say what it is and its unit"
    for node in project.manifest["sources"].values():
        where = f"{node['original_file_path']}: {node['source_name']}.{node['name']}"
        meta = (node["config"].get("meta")) or {}
        if not node["description"].strip():
            yield f"{where} has no description; say what one row is"
        has_key = meta.get("key") or meta.get("kind") == "record"
        if not meta.get("contract_version") or not meta.get("kind") or not has_key:
            yield f"{where} lacks contract_version, kind or key in config.meta; the validator needs them"
        if not node["columns"]:
            yield f"{where} has no columns; list each with name, data_type and description"
        for name, column in node["columns"].items():
            if not column.get("data_type") or not (column.get("description") or "").strip():
                yield f"{where}.{name} lacks a type or a description; write both"
    for node in project.manifest["nodes"].values():
        if node["resource_type"] == "seed":
            header = project.files[node["original_file_path"]].splitlines()[0].split(",")
            if not node["description"].strip():
                yield f"{node['original_file_path']}: seed without a description; describe it in seeds/_seeds.yml"
            for name in sorted(set(header) ^ set(node["config"].get("column_types") or {})):
                yield f"{node['original_file_path']}: column {name} differs from column_types in seeds/_seeds.yml"


@law
def group_and_schema_follow_the_folder(project: Project) -> Iterator[str]:
    """A model lies in the schema its folder names, and a mart belongs to the dbt group of its subject."""
    owners = {g["name"]: (g.get("owner") or {}).get("name") for g in project.manifest["groups"].values()}
    for model in project.models.values():
        schema = "staging" if model.layer == "staging" else model.area
        group = model.area if model.layer in ("core", "subject") else None
        if model.config.get("schema") != schema:
            yield f"{model.path}: schema {model.config.get('schema')}; its folder says {schema} (dbt_project.yml)"
        if model.config.get("group") != group:
            yield f"{model.path}: group {model.config.get('group')}; its folder says {group} (dbt_project.yml)"
        if group and not owners.get(group):
            yield f"models/marts/_groups.yml: group {group} of {model.path} has no owner; name the team"


@law
def schema_change_fails(project: Project) -> Iterator[str]:
    """on_schema_change is `fail` everywhere; an increment never guesses at columns."""
    for model in project.models.values():
        if model.config.get("on_schema_change") != "fail":
            yield f"{model.path}: on_schema_change is {model.config.get('on_schema_change')}; leave it at `fail`"


@law
def merge_keys_are_never_null(project: Project) -> Iterator[str]:
    """An incremental model names its key, and its grain test covers each column of it: NULL would never match."""
    for model in project.models.values():
        option = {"incremental": "unique_key", "stock_runs": "keys"}.get(model.config.get("materialized"))
        if option is None:
            continue
        key = (model.config.get("meta") or {}).get(option) or model.config.get(option) or []
        key = [key] if isinstance(key, str) else key
        tested = {c for t in project.tests_of(model.name, "unique_grain") for c in t.get("columns") or []}
        if not key:
            yield f"{model.path}: incremental without {option}; name the columns whose rows an increment replaces"
        for column in key:
            if column not in tested:
                yield f"{model.path}: merge key {column} is not in unique_grain, so it may be null; test it"


@law
def no_index_no_constraint(project: Project) -> Iterator[str]:
    """No index, primary key or constraint in the warehouse file: tests prove keys, and constraints block rewrites."""
    for model in project.models.values():
        if model.config.get("indexes"):
            yield f"{model.path}: config has indexes; remove them"
        if model.constraints:
            yield f"{model.yaml}: constraints on the model; test them instead"
        for name, column in model.columns.items():
            if column.get("constraints"):
                yield f"{model.yaml}: constraints on column {name}; test it instead"
    for path, raw in project.code_files.items():
        for line, words in scan(_CONSTRAINT, raw):
            yield f"{path}:{line}: `{words}`; tests prove keys, drop it"


@law
def vars_are_run_mechanics(project: Project) -> Iterator[str]:
    """dbt vars steer a run (as_of_*, late_horizon_days, sample_*), never a figure; models read no env_var."""
    declared = _vars_declared(project.files["dbt_project.yml"])
    for name in declared:
        if name not in _RUN_MECHANICS and not name.startswith("sample_"):
            yield f"dbt_project.yml: var {name} is no run mechanics; make it a row of seeds/policy/policy_rows.csv"
    for path, raw in project.code_files.items():
        for line, kind, name in _vars_read(raw):
            if kind == "env_var":
                yield f"{path}:{line}: env_var in a model; paths belong in sources and profiles.yml"
            elif name not in declared:
                yield f"{path}:{line}: var {name} is not in dbt_project.yml; policy comes from policy_as_of"


@lru_cache(maxsize=64)
def _vars_declared(text: str) -> tuple[str, ...]:
    return tuple(yaml.safe_load(text).get("vars") or {})


@lru_cache(maxsize=4096)
def _vars_read(raw: str) -> tuple[tuple[int, str, str], ...]:
    calls = re.finditer(r"\b(var|env_var)\(\s*['\"](\w+)", uncommented(raw))
    return tuple((line_of(raw, m.start()), m.group(1), m.group(2)) for m in calls)
