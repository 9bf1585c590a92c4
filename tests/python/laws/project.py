"""The project as the laws see it: dbt's manifest with rendered SQL, the files of the checkout, the seeds as rows.

Here: reading, once a session, into plain values. Not here: any rule. Nothing here writes outside a temporary folder.
"""

from __future__ import annotations

import csv
import fnmatch
import io
import json
import marshal
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from laws.allowance import Allowance
from laws.allowances import ALLOWED

_TEXT = {".sql", ".yml", ".yaml", ".py", ".csv", ".md", ".toml", ".cfg", ""}
_NODE_KEYS = (
    "name resource_type original_file_path fqn config description columns compiled_code patch_path depends_on "
    "constraints test_metadata attached_node schema source_name"
)

_COMPILE = "--quiet compile --target empty --no-populate-cache --select"


@dataclass(frozen=True, repr=False)
class Model:
    """One dbt model in `language` sql or python. `sql` is its file, `rendered` what dbt compiled it to; `layer` is
    staging, unified, core or subject; `area` is the folder: the source, `unified`, `core` or the subject."""

    name: str
    path: str
    language: str
    sql: str
    rendered: str
    layer: str
    area: str
    is_intermediate: bool
    description: str
    columns: dict[str, dict[str, Any]]
    config: dict[str, Any]
    constraints: list[Any]
    yaml: str | None
    parents: tuple[str, ...]
    macros: tuple[str, ...]


@dataclass(frozen=True)
class Macro:
    """One macro of the project: name, file and own text."""

    name: str
    path: str
    sql: str


@dataclass(frozen=True, repr=False)
class Project:
    """Everything a law may look at. `manifest` as dbt wrote it (own package only); `files` text by path below the
    checkout; `empty_folders` folders that hold nothing."""

    manifest: dict[str, Any]
    files: dict[str, str]
    empty_folders: tuple[str, ...]
    allowances: tuple[Allowance, ...] = field(default=ALLOWED)

    @cached_property
    def packed(self) -> bytes:
        """The manifest as bytes, for copies."""
        return marshal.dumps(self.manifest)

    @cached_property
    def nodes(self) -> dict[str, dict[str, Any]]:
        """Nodes and sources of the manifest by unique id."""
        return {**self.manifest["nodes"], **self.manifest["sources"]}

    @cached_property
    def models(self) -> dict[str, Model]:
        """Models by name."""
        return {
            node["name"]: self._model(node)
            for node in self.manifest["nodes"].values()
            if node["resource_type"] == "model"
        }

    @cached_property
    def sql_models(self) -> dict[str, Model]:
        """Models written in SQL, by name: where the laws of SQL text hold."""
        return {name: model for name, model in self.models.items() if model.language == "sql"}

    @cached_property
    def python_models(self) -> dict[str, Model]:
        """Models written in Python, by name."""
        return {name: model for name, model in self.models.items() if model.language == "python"}

    @cached_property
    def macros(self) -> dict[str, Macro]:
        """Own macros by name; their tests (generic) included."""
        return {
            m["name"]: Macro(m["name"], m["original_file_path"], m["macro_sql"])
            for m in self.manifest["macros"].values()
        }

    @cached_property
    def macro_files(self) -> dict[str, str]:
        """Text of every file below macros/."""
        return {path: text for path, text in self.files.items() if path.startswith("macros/")}

    @cached_property
    def seeds(self) -> dict[str, str]:
        """Path of each seed by name."""
        nodes = self.manifest["nodes"].values()
        return {n["name"]: n["original_file_path"] for n in nodes if n["resource_type"] == "seed"}

    @cached_property
    def code_files(self) -> dict[str, str]:
        """Text of every model and of the macros outside portable and kernel: where the laws of arithmetic hold.

        What an engine spells in its own way and how it makes relations are no formulas.
        """
        texts = {m.path: m.sql for m in self.sql_models.values()}
        return texts | {
            p: t for p, t in self.macro_files.items() if not p.startswith(("macros/portable/", "macros/kernel/"))
        }

    def rows(self, seed: str) -> list[dict[str, str]]:
        """Rows of a seed, every value as text."""
        return list(csv.DictReader(io.StringIO(self.files[self.seeds[seed]])))

    def tests_of(self, model: str, test: str) -> list[dict[str, Any]]:
        """Arguments of the generic test `test` on a model."""
        return self._tests.get((model, test), [])

    @cached_property
    def _tests(self) -> dict[tuple[str, str], list[dict[str, Any]]]:
        found: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for node in self.manifest["nodes"].values():
            if node["resource_type"] == "test" and node.get("test_metadata") and node.get("attached_node"):
                key = (node["attached_node"].split(".")[-1], node["test_metadata"]["name"])
                found.setdefault(key, []).append(node["test_metadata"]["kwargs"])
        return found

    def ancestors(self, model: str) -> set[str]:
        """A model's name and those of every model above it."""
        seen, todo = set(), [model]
        while todo:
            name = todo.pop()
            if name in self.models and name not in seen:
                seen.add(name)
                todo += [self.nodes[p]["name"] for p in self.models[name].parents if p in self.nodes]
        return seen

    def allowed(self, law: str, where: str, what: str) -> bool:
        """Whether allowances.py lets `what` stand in `where` (a path, a name or `*`) against `law`."""
        return bool({(law, where, what), (law, "*", what)} & self._allowed)

    @cached_property
    def _allowed(self) -> set[tuple[str, str, str]]:
        return {(a.law, a.where, a.what) for a in self.allowances}

    def fragments(self, law: str, path: str) -> tuple[str, ...]:
        """Pieces of the text of `path` that allowances.py takes out before `law` looks."""
        return tuple(a.what for a in self.allowances if a.law == law and a.where == path)

    def _model(self, node: dict[str, Any]) -> Model:
        path = node["original_file_path"]
        parts = PurePosixPath(path).parts
        layer, area = {"staging": ("staging", parts[2]), "marts": ("subject", parts[2])}.get(parts[1], ("?", parts[1]))
        if area in ("unified", "core"):
            layer = area
        patch = node.get("patch_path")
        return Model(
            name=node["name"],
            path=path,
            language="python" if path.endswith(".py") else "sql",
            sql=self.files.get(path, ""),
            rendered=node.get("compiled_code") or "",
            layer=layer,
            area=area,
            is_intermediate="intermediate" in parts,
            description=node["description"],
            columns=node["columns"],
            config=node["config"],
            constraints=node.get("constraints") or [],
            yaml=patch.split("://")[-1] if patch else None,
            parents=tuple(node["depends_on"]["nodes"]),
            macros=tuple(m.split(".")[-1] for m in node["depends_on"]["macros"] if m.startswith("macro.leadlag.")),
        )


def load(repo: Path, scratch: Path, select: str = "resource_type:model") -> Project:
    """The checkout as a Project: one `dbt compile` into `scratch`. RuntimeError with dbt's words when it fails."""
    files, empty = read_tree(repo)
    return Project(compile_manifest(repo, scratch, select), files, tuple(empty))


def compile_manifest(repo: Path, scratch: Path, select: str = "resource_type:model") -> dict[str, Any]:
    """Manifest of the project with the rendered SQL of the selected models; every home stays untouched."""
    for name in ("empty", "spill"):
        (scratch / name).mkdir(parents=True, exist_ok=True)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LEADLAG_", "DBT_"))}
    run = subprocess.run(
        [Path(sys.executable).with_name("dbt"), *_COMPILE.split(), select],
        cwd=repo,
        env=kept
        | {
            "LEADLAG_HOME": str(scratch),
            "DBT_PROFILES_DIR": str(repo),
            "DBT_TARGET_PATH": str(scratch / "target"),
            "DBT_LOG_PATH": str(scratch / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DO_NOT_TRACK": "1",
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    if run.returncode:
        raise RuntimeError(f"dbt cannot compile the project, so no law can be read:\n{run.stdout}\n{run.stderr}")
    return trimmed(json.loads((scratch / "target" / "manifest.json").read_text(encoding="utf-8")))


def trimmed(manifest: dict[str, Any]) -> dict[str, Any]:
    """What the laws read of a manifest: own nodes, sources, macros and groups."""
    nodes = {
        key: {name: node[name] for name in _NODE_KEYS.split() if name in node}
        for key, node in {**manifest["nodes"], **manifest["sources"]}.items()
        if node["package_name"] == "leadlag"
    }
    return {
        "nodes": {k: n for k, n in nodes.items() if n["resource_type"] != "source"},
        "sources": {k: n for k, n in nodes.items() if n["resource_type"] == "source"},
        "macros": {k: m for k, m in manifest["macros"].items() if m["package_name"] == "leadlag"},
        "groups": manifest["groups"],
        "disabled": sorted(manifest["disabled"]),
    }


def read_tree(repo: Path) -> tuple[dict[str, str], list[str]]:
    """Text of every file of the checkout by its path (empty for files that hold no text), and the empty folders.
    What .gitignore names is no part of it."""
    ignored = [".git", *_ignored(repo / ".gitignore")]
    files: dict[str, str] = {}
    empty: list[str] = []
    for folder, names, file_names in _walk(repo, ignored):
        where = Path(folder).relative_to(repo)
        if not names and not file_names:
            empty.append(where.as_posix())
        for name in file_names:
            path = Path(folder) / name
            is_text = path.suffix in _TEXT and path.stat().st_size < 1_000_000
            files[(where / name).as_posix()] = path.read_text("utf-8", errors="replace") if is_text else ""
    return files, sorted(empty)


def _ignored(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [line.strip().strip("/") for line in lines if line.strip() and not line.startswith("#")]


def _walk(repo: Path, ignored: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    for folder, names, file_names in os.walk(repo):
        names[:] = sorted(n for n in names if not any(fnmatch.fnmatch(n, i) for i in ignored))
        yield folder, names, sorted(f for f in file_names if not any(fnmatch.fnmatch(f, i) for i in ignored))
