"""Python models: private steps under SQL models, for functions that SQL does not have.

Here: where they lie and what they may do. Not here: clocks (rules_time.py), docstring and length (rules_shape.py), who
may read a step (rules_layering.py).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from laws.law import law
from laws.project import Project

_PAST_THE_GRAPH = {"session", "open", "exec", "eval", "connect", "sql", "execute", "urlopen", "Path", "environ"}
_FLOAT_AGGREGATES = {"sum", "nansum", "mean", "nanmean", "average", "std", "var", "cumsum", "dot"}
_PLAIN = {0, 1, 2}


@law
def python_models_are_private_steps(project: Project) -> Iterator[str]:
    """A Python model lies in <subject>/intermediate, writes a table, and is read by SQL models alone, whose contracts
    its columns must meet: dbt enforces none on Python."""
    for model in project.python_models.values():
        if not model.is_intermediate:
            yield f"{model.path}: a Python model outside intermediate/; put a SQL model with a contract over it"
        if model.config.get("materialized") != "table":
            yield f"{model.path}: materialized {model.config.get('materialized')}; write a table"
        key = f"model.leadlag.{model.name}"
        readers = [reader for reader in project.models.values() if key in reader.parents]
        if not readers:
            yield f"{model.path}: no SQL model reads it; cast its columns in one, or delete it"
        for reader in readers:
            if reader.language == "python":
                yield f"{reader.path}: a Python model reads {model.name}; let a SQL model stand between"


@law
def python_models_only_compute(project: Project) -> Iterator[str]:
    """A Python model reads dbt.ref() and nothing else, adds no floats up, and holds no number but 0, 1, 2 and the
    scales and limits that allowances.py lists."""
    for model in project.python_models.values():
        text = model.sql
        for fragment in project.fragments("python_models_only_compute", model.path):
            text = text.replace(fragment, "")
        for line, fault in _faults(text):
            yield f"{model.path}:{line}: {fault}"


@lru_cache(maxsize=64)
def _faults(text: str) -> tuple[tuple[int, str], ...]:
    found = []
    for node in ast.walk(ast.parse(text)):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
        if name in _PAST_THE_GRAPH or (name or "").startswith("read_"):
            found.append((node.lineno, f"`{name}` reads past the graph; read dbt.ref() and return a table"))
        elif isinstance(node, ast.Call) and (called := ast.unparse(node.func).split(".")[-1]) in _FLOAT_AGGREGATES:
            found.append((node.lineno, f"`{called}` adds floats up; aggregate decimals in SQL"))
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value not in _PLAIN:
            found.append((node.lineno, f"the number {node.value}; make it a policy row that SQL hands down"))
    return tuple(found)
