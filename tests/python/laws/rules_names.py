"""Names of models and units of columns.

Here: what a name must begin or end with. Not here: layout of the SQL (rules_shape.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from laws.law import law
from laws.project import Model, Project

_OF_BUSINESS = ("_qty", "_amount", "_ratio", "_days", "_weeks", "_rate", "_probability")
_OF_THINGS = ("_hours", "_minutes", "_seconds", "_celsius", "_m3", "_m", "_cm", "_kg")
UNITS = (*_OF_BUSINESS, *_OF_THINGS, "_pct")  # _pct: as a sensor says it; a KPI holds a ratio
_TYPE_OF_ENDING = {"_date": "date", "_at": "timestamp"}
_FLAG = ("is_", "has_", "was_")


def _expected_prefixes(model: Model) -> tuple[str, ...]:
    if model.layer == "staging":
        return (f"stg_{model.area}__",)
    if model.layer == "unified":
        return ("stg_unified__",)
    if model.is_intermediate:
        return (f"int_{model.area}__",)
    if model.layer == "core":
        return ("dim_", "bridge_", "fct_")
    return ("dim_", "fct_", "kpi_", "rpt_") if model.area == "scorecard" else ("kpi_", "fct_", "rpt_")


@law
def model_names_tell_the_folder(project: Project) -> Iterator[str]:
    """stg_<source>__, stg_unified__, int_<subject>__, dim_/bridge_/fct_ in core, kpi_/fct_/rpt_ in subjects."""
    for model in project.models.values():
        prefixes = _expected_prefixes(model)
        if not model.name.startswith(prefixes):
            yield f"{model.path}: the name begins with none of {', '.join(prefixes)}; rename or move it"


@law
def column_names_tell_unit_and_type(project: Project) -> Iterator[str]:
    """A decimal ends in its unit, a flag begins with is_/has_/was_, a date ends in _date, a timestamp in _at, and no
    other type wears these."""
    for model in project.models.values():
        for name, column in model.columns.items():
            kind = (column.get("data_type") or "").lower().split("(")[0]
            fault = _fault(name, kind)
            if fault and not project.allowed("column_names_tell_unit_and_type", "*", name):
                yield f"{model.yaml}: column {name} ({kind}){fault}"


@lru_cache(maxsize=4096)
def _fault(name: str, kind: str) -> str | None:
    if kind in ("decimal", "numeric") and not name.endswith(UNITS):
        return f" tells no unit; end it in one of {' '.join(UNITS)}"
    if (kind == "boolean") != name.startswith(_FLAG):
        return f": booleans, and they alone, begin with {' '.join(_FLAG)}; rename it"
    for ending, expected in _TYPE_OF_ENDING.items():
        if (kind == expected) != name.endswith(ending):
            return f": a {expected}, and it alone, ends in {ending}; rename it"
    return None
