"""the tree, the tasks of the Makefile, and who imports whom in Python.

Here: folders, files at the top, names of tasks, imports. Not here: what files contain otherwise.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from laws.law import law
from laws.project import Project

_FOLDERS = {
    "": "models seeds snapshots macros tests expectations orchestration connectors synthetic reports benchmarks docs"
    " .ci",
    "models": "staging marts",
    "models/staging": "erp wms tpl iot audit steward baseline unified",
    "models/marts": "core service visibility lead lag governance feedback scorecard",
    "seeds": "policy registry reference",
    "macros": "kpi policy portable publish",
    "tests": "generic invariants python",
    "orchestration": "defs lib",
    "orchestration/defs": "ingestion warehouse quality publishing automation",
}
_TOP_FILES = (
    "README.md LICENSE Makefile pyproject.toml uv.lock dbt_project.yml profiles.yml selectors.yml .sqlfluff"
    " .sqlfluffignore .pre-commit-config.yaml .gitignore"
)
MAX_DEFINITIONS_LINES = 40


@law
def folders_are_those_of_the_design(project: Project) -> Iterator[str]:
    """The folders that shape the house are the ones docs/laws.md names, and so are the files at the top."""
    for path in project.files:
        parts = path.split("/")
        if len(parts) == 1 and path not in _TOP_FILES.split():
            yield f"{path}: a file at the top that docs/laws.md does not name; move it where it belongs"
        for depth in range(len(parts) - 1):
            above, name = "/".join(parts[:depth]), parts[depth]
            if above in _FOLDERS and name not in _FOLDERS[above].split():
                folder = f"{above}/{name}".strip("/")
                if not project.allowed("folders_are_those_of_the_design", "*", folder):
                    yield f"{folder}/: no folder of docs/laws.md; move its files, or decide and list it"


@law
def no_folder_is_empty(project: Project) -> Iterator[str]:
    """A folder without something in it does not exist yet."""
    for folder in project.empty_folders:
        yield f"{folder}/: empty; remove it until something belongs in it"


@law
def tasks_are_written_once(project: Project) -> Iterator[str]:
    """Every task that the Makefile names in .PHONY is written in it once, and no other is."""
    text = project.files["Makefile"]
    named = set(re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split())
    written = Counter(re.findall(r"^([a-z][\w-]*):(?!=)", text, re.MULTILINE))
    for task in sorted(named | written.keys()):
        if task not in named:
            yield f"Makefile: {task} is not named in .PHONY; name it, or take it out"
        elif written[task] != 1:
            yield f"Makefile: {task} is written {written[task]} times; write it once"


@lru_cache(maxsize=4096)
def _imports(text: str) -> tuple[tuple[int, str], ...]:
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return tuple(found)


@law
def library_and_expectations_know_no_dagster(project: Project) -> Iterator[str]:
    """orchestration/lib, expectations and synthetic run without Dagster: they import neither it nor our definitions."""
    for path, text in project.files.items():
        if path.endswith(".py") and path.startswith(("orchestration/lib/", "expectations/", "synthetic/")):
            for line, name in _imports(text):
                ours = name.startswith("orchestration.") and not name.startswith("orchestration.lib.")
                if name.split(".")[0].startswith("dagster") or (ours and name != "orchestration.lib"):
                    yield f"{path}:{line}: imports {name}; Dagster stays in orchestration/defs, lib is plain Python"


@law
def definitions_stay_thin(project: Project) -> Iterator[str]:
    """orchestration/definitions.py has at most 40 lines."""
    path = "orchestration/definitions.py"
    if (lines := len(project.files.get(path, "").splitlines())) > MAX_DEFINITIONS_LINES:
        yield f"{path}: {lines} lines, over {MAX_DEFINITIONS_LINES}; move assets and jobs into orchestration/defs/"
