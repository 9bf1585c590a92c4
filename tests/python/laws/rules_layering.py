"""Law 1: who may read whom.

Here: rules over the edges of the graph and over what a model reads past it. Not here: what a model declares or says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from laws.law import law
from laws.project import Model, Project
from laws.sql_text import ctes, flat, line_of, uncommented

_JOIN = re.compile(r"\b(?:join|union|intersect|except)\b")
_PAST_THE_GRAPH = re.compile(
    r"\b(?:read_(?:parquet|csv|csv_auto|json\w*|text|blob)|parquet_scan|attach)\b|\bpublished[/.]"
    r"|\b(?:from|join)\s+[\"']",
    re.IGNORECASE,
)
_FROM = re.compile(r"\b(?:from|join)\s+(?!read_parquet\b)([a-z_][\w.]*)")
_NOT_A_RELATION = re.compile(r"\bdistinct\s+from\b|\b(?:extract|trim|substring|overlay)\s*\([^()]*?\bfrom\b")


def _parents(project: Project, model: Model) -> Iterator[tuple[str, str, str]]:
    """(layer, area, name) of everything a model reads; seeds have layer `seed` and their folder as area."""
    for key in model.parents:
        node = project.nodes.get(key)
        if node is None:
            continue
        if node["resource_type"] == "source":
            yield "source", node["source_name"], f"{node['source_name']}.{node['name']}"
        elif node["resource_type"] == "seed":
            yield "seed", node["original_file_path"].split("/")[1], node["name"]
        else:
            parent = project.models[node["name"]]
            yield parent.layer, parent.area, parent.name


@law
def staging_reads_one_source_table_of_its_own(project: Project) -> Iterator[str]:
    """staging/<source>: one landing entity of that source is one view, read without a join."""
    for model in project.models.values():
        if model.layer != "staging":
            continue
        read = list(_parents(project, model))
        for layer, area, name in read:
            if layer != "source" or area != model.area:
                yield f"{model.path}: reads {layer} {name}; staging/{model.area} reads source('{model.area}', ...) only"
        if sum(layer == "source" for layer, _, _ in read) != 1:
            yield f"{model.path}: reads {len(read)} relations; split it, one landing entity is one view"
        if found := _JOIN.search(flat(model.sql)):
            line = line_of(model.sql, found.start())
            yield f"{model.path}:{line}: `{found.group()}` in a staging view; combine entities in staging/unified"


@law
def unified_reads_staging_and_reference_seeds(project: Project) -> Iterator[str]:
    """staging/unified reads staging views, unified views and the seeds of seeds/reference."""
    for model in project.models.values():
        for layer, area, name in _parents(project, model) if model.layer == "unified" else ():
            if layer not in ("staging", "unified") and (layer, area) != ("seed", "reference"):
                yield f"{model.path}: reads {layer} {name}; unified reads staging, unified and reference seeds only"


@law
def core_reads_unified_and_seeds(project: Project) -> Iterator[str]:
    """marts/core reads unified, core and seeds."""
    for model in project.models.values():
        for layer, _, name in _parents(project, model) if model.layer == "core" else ():
            if layer not in ("unified", "core", "seed"):
                yield f"{model.path}: reads {layer} {name}; core reads unified, core and seeds: go through one of them"


@law
def subjects_read_core_seeds_and_each_other(project: Project) -> Iterator[str]:
    """A subject reads core, seeds and other subjects, never staging or unified, and nothing but scorecard reads
    scorecard."""
    for model in project.models.values():
        for layer, area, name in _parents(project, model) if model.layer == "subject" else ():
            if layer not in ("core", "seed", "subject"):
                yield f"{model.path}: reads {layer} {name}; a subject reads core: put the dim or fact it needs there"
            if area == "scorecard" and layer == "subject" and model.area != "scorecard":
                yield f"{model.path}: reads {name} of the scorecard, which comes last; read the subject's own model"


@law
def no_circle_between_folders(project: Project) -> Iterator[str]:
    """Layers and subjects form no circle: if lag reads visibility, nothing of visibility reads lag."""
    reads: dict[str, set[str]] = {}
    for model in project.models.values():
        areas = {area for layer, area, _ in _parents(project, model) if layer not in ("source", "seed")}
        reads.setdefault(model.area, set()).update(areas - {model.area})
    try:
        TopologicalSorter(reads).prepare()
    except CycleError as error:
        around = " -> ".join(error.args[1])
        yield f"models/: folders read each other in a circle ({around}); move what both need to models/marts/core"


@law
def no_circle_between_models(project: Project) -> Iterator[str]:
    """No model reads itself, directly or through others."""
    try:
        TopologicalSorter({m.name: {p.split(".")[-1] for p in m.parents} for m in project.models.values()}).prepare()
    except CycleError as error:
        yield f"models/: {' -> '.join(error.args[1])} is a circle; split the model that does two things"


@law
def intermediate_models_stay_inside(project: Project) -> Iterator[str]:
    """A model of <subject>/intermediate is private to its dbt group and read inside its folder only."""
    for model in project.models.values():
        if model.is_intermediate and model.config.get("access") != "private":
            yield f"{model.path}: access is {model.config.get('access')}; set intermediate: {{+access: private}}"
        for key in model.parents:
            parent = project.models.get(project.nodes.get(key, {}).get("name", ""))
            if parent and parent.is_intermediate and parent.area != model.area:
                yield f"{model.path}: reads {parent.name}, a step of {parent.area}; read a mart of {parent.area}"


@law
def sources_lie_in_the_accepted_area(project: Project) -> Iterator[str]:
    """Every source is the pinned, accepted area; landing and published generations are read by no model."""
    for node in project.manifest["sources"].values():
        location = (node["config"].get("meta") or {}).get("external_location", "")
        expected = f"/accepted/pinned/{node['source_name']}/{{name}}/*.parquet"
        if expected not in location:
            where = f"{node['original_file_path']}: source {node['source_name']}.{node['name']}"
            yield f"{where} lies at {location or 'no external_location'}; read accepted/pinned, the validator's output"


@law
def models_read_through_the_graph(project: Project) -> Iterator[str]:
    """A model reads ref(), source() and its own CTEs: no file, no attached database, no relation by its name, and so
    nothing of published/."""
    for path, raw in project.code_files.items():
        for line, words in _past_the_graph(raw):
            yield f"{path}:{line}: `{words}` reads past the graph; use source() or ref()"
    for model in project.sql_models.values():
        for name in _read_by_name(model.rendered):
            yield f"{model.path}: reads `{name}` by its name; use ref(), source() or a CTE"


@lru_cache(maxsize=4096)
def _past_the_graph(raw: str) -> tuple[tuple[int, str], ...]:
    text = uncommented(raw)
    return tuple((line_of(text, m.start()), m.group()) for m in _PAST_THE_GRAPH.finditer(text))


@lru_cache(maxsize=4096)
def _read_by_name(rendered: str) -> tuple[str, ...]:
    """What stands after from and join in rendered SQL and is neither a quoted relation, which dbt wrote, nor a CTE."""
    code = _NOT_A_RELATION.sub(lambda m: " " * len(m.group()), flat(rendered))
    known = {cte.name for cte in ctes(rendered)}
    return tuple(m.group(1) for m in _FROM.finditer(code) if m.group(1) not in known)
