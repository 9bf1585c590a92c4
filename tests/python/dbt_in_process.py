"""dbt in this process on one home: what most fixtures build with, or compile with.

Here: running commands, and parsing the project once a process for all homes. Not here: companies and what is built of
them (fixtures_marts.py), the project's SQL without dbt (compiled.py).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.lib import warehouse
from orchestration.lib.paths import Home


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Environment variables for the length of a block, put back afterwards."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


_parsed: dict[Path, tuple[Any, Path]] = {}


@dataclass
class Dbt:
    """dbt on one home: commands on target `build` in this process, which parses the project once for all its homes.

    AssertionError with the failing nodes when a command does not succeed.
    """

    home: Home

    def __call__(self, *arguments: str, database: Home | None = None, **variables: str) -> None:
        """Run a dbt command; `database`: another home whose build database it works on; variables: environment."""
        variables = warehouse.environment(self.home) | variables
        with environment(**variables):
            manifest = self._manifest()
        if database is not None:
            variables["LEADLAG_HOME"] = str(database.root)
        with environment(**variables):
            self._invoke(list(arguments), manifest)

    def _manifest(self) -> Any:
        """The parsed project, its sources in this home: nothing else in it knows the home it was parsed for."""
        repo = self.home.repo
        if repo not in _parsed:
            _parsed[repo] = self._invoke(["parse"], None).result, self.home.root
        manifest, root = _parsed[repo]
        for source in manifest.sources.values():
            for meta in (source.meta, source.source_meta, source.config.meta):
                if "external_location" in meta:
                    moved = meta["external_location"].replace(f"'{root}/", f"'{self.home.root}/")
                    meta["external_location"] = moved
        _parsed[repo] = manifest, self.home.root
        return manifest

    @staticmethod
    def _invoke(arguments: list[str], manifest: Any) -> Any:
        from dbt.cli.main import dbtRunner

        try:
            quiet = ["--target", "build", "--log-level", "none", "--log-level-file", "info", "--no-use-colors"]
            outcome = dbtRunner(manifest=manifest).invoke([*arguments, *quiet])
        finally:
            warehouse._close_dbt()
        results = getattr(outcome.result, "results", None) or []
        bad = [f"{r.node.name}: {r.message}" for r in results if str(r.status) in ("error", "fail", "runtime error")]
        assert outcome.success, f"dbt {' '.join(arguments)}: {outcome.exception or ''} " + "; ".join(bad)
        return outcome
