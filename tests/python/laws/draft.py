"""A copy of the project that may be broken: the manifest and the files, changed as a careless hand would change them.

Here: the ways to change a copy. Not here: which law each change breaks (breaks_*.py).
"""

from __future__ import annotations

import csv
import io
import marshal
import re
from typing import Any

from laws.project import Project

FINAL = "final as (\n    select\n"


class Draft:
    """A changeable copy of `project`; `build()` gives the broken project. LookupError when a change does not apply."""

    def __init__(self, project: Project) -> None:
        self.manifest = marshal.loads(project.packed)
        self.files = dict(project.files)
        self.empty_folders = list(project.empty_folders)

    def build(self) -> Project:
        """The project as it now is."""
        return Project(self.manifest, self.files, tuple(self.empty_folders))

    def model(self, name: str) -> dict[str, Any]:
        """Manifest node of a model."""
        return self.manifest["nodes"][f"model.leadlag.{name}"]

    def path(self, name: str) -> str:
        """File of a model."""
        return self.model(name)["original_file_path"]

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace the first `old` in a file."""
        if old not in self.files[path]:
            raise LookupError(f"{path} does not hold {old!r}: mend the break, or the file")
        self.files[path] = self.files[path].replace(old, new, 1)

    def append(self, path: str, text: str) -> None:
        """Add text to the end of a file, which is made if there is none."""
        self.files[path] = self.files.get(path, "") + text

    def column(self, model: str, expression: str) -> None:
        """Put one more expression into the `final` of a model's file."""
        self.edit(self.path(model), FINAL, f"{FINAL}        {expression},\n")

    def rendered(self, model: str, expression: str) -> None:
        """Put one more expression into the `final` of what dbt renders for a model."""
        node = self.model(model)
        if FINAL not in node["compiled_code"]:
            raise LookupError(f"{model} renders no {FINAL!r}")
        node["compiled_code"] = node["compiled_code"].replace(FINAL, f"{FINAL}        {expression},\n", 1)

    def reads(self, model: str, parent: str) -> None:
        """Let a model read `model.x`, `seed.x` or `source.s.x`."""
        kind, _, name = parent.partition(".")
        key = f"{kind}.leadlag.{name}"
        if key not in self.manifest["nodes"] and key not in self.manifest["sources"]:
            raise LookupError(f"no {key} in the manifest")
        self.model(model)["depends_on"]["nodes"].append(key)

    def declare(self, model: str, name: str, data_type: str | None, description: str = "Something.") -> None:
        """Add a column to the YAML of a model."""
        self.model(model)["columns"][name] = {
            "name": name,
            "data_type": data_type,
            "description": description,
            "constraints": [],
        }

    def rename(self, old: str, new: str) -> None:
        """Rename a model everywhere: file, YAML, tests and readers."""
        node = self.manifest["nodes"].pop(f"model.leadlag.{old}")
        path, target = node["original_file_path"], node["original_file_path"].replace(f"{old}.sql", f"{new}.sql")
        for ending in (".sql", ".yml"):
            moved = self.files.pop(path.replace(".sql", ending))
            self.files[target.replace(".sql", ending)] = moved.replace(f"- name: {old}\n", f"- name: {new}\n")
        node |= {"name": new, "original_file_path": target, "patch_path": node["patch_path"].replace(old, new)}
        for other in self.manifest["nodes"].values():
            if other.get("attached_node") == f"model.leadlag.{old}":
                other["attached_node"] = f"model.leadlag.{new}"
            nodes = other["depends_on"].get("nodes", [])
            nodes[:] = [f"model.leadlag.{new}" if n == f"model.leadlag.{old}" else n for n in nodes]
        self.manifest["nodes"][f"model.leadlag.{new}"] = node

    def rows(self, path: str) -> list[dict[str, str]]:
        """Rows of a CSV file, to be changed and given to `write`."""
        return list(csv.DictReader(io.StringIO(self.files[path])))

    def write(self, path: str, rows: list[dict[str, str]]) -> None:
        """Replace the rows of a CSV file."""
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        self.files[path] = out.getvalue()

    def change(self, path: str, where: dict[str, str], **values: str) -> None:
        """Change the first row of a CSV file that matches `where`."""
        rows = self.rows(path)
        self._row(path, rows, where).update(values)
        self.write(path, rows)

    def add(self, path: str, where: dict[str, str], **values: str) -> None:
        """Add a row like the first that matches `where`, with other values."""
        rows = self.rows(path)
        self.write(path, [*rows, self._row(path, rows, where) | values])

    @staticmethod
    def _row(path: str, rows: list[dict[str, str]], where: dict[str, str]) -> dict[str, str]:
        for row in rows:
            if where.items() <= row.items():
                return row
        raise LookupError(f"{path} has no row with {where}")


def numberless(message: str) -> str:
    """A violation without its line number, which every change above it would move."""
    return re.sub(r":\d+", "", message)
