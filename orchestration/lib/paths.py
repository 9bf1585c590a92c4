"""Where things are on disk: the one place that turns LEADLAG_HOME, LEADLAG_LANDING and LEADLAG_DROP into paths.

Here: the layout of a home and the creation of its folders. Not here: reading or writing any of the files in it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Home:
    """A data home: everything the warehouse reads and writes, apart from the code.

    root: the home itself; landing: where senders put batches (may lie outside the root); repo: the checkout that holds
    contracts, models and connectors; drop_root: where people drop files, when not in the root.
    """

    root: Path
    landing: Path
    repo: Path = REPO
    drop_root: Path | None = None

    @classmethod
    def from_env(cls) -> Home:
        """Home named by LEADLAG_HOME (default `.leadlag` in the repo); landing and drop lie in it unless named."""
        root = Path(os.environ.get("LEADLAG_HOME") or REPO / ".leadlag").expanduser().absolute()
        landing, drop = (os.environ.get(name) for name in ("LEADLAG_LANDING", "LEADLAG_DROP"))
        return cls(
            root=root,
            landing=Path(landing).expanduser().absolute() if landing else root / "landing",
            drop_root=Path(drop).expanduser().absolute() if drop else None,
        )

    @classmethod
    def at(cls, root: Path | str) -> Home:
        """Home at a given root with landing inside it, whatever the environment says."""
        root = Path(root).absolute()
        return cls(root=root, landing=root / "landing")

    @property
    def drop(self) -> Path:
        """Where people and systems without a connector drop files (lib/drop_folder.py)."""
        return self.drop_root or self.root / "drop"

    @property
    def accepted(self) -> Path:
        """Typed rows of validated batches."""
        return self.root / "accepted"

    @property
    def pinned(self) -> Path:
        """The pinned set of accepted rows that a run reads: a symlink, moved as a whole."""
        return self.accepted / "pinned"

    @property
    def quarantine(self) -> Path:
        """Rows and files held back, one readable file per batch."""
        return self.root / "quarantine"

    def edge(self, site: str) -> Home:
        """The small home of one site: its own landing, accepted rows, lock and build, apart from this one's."""
        root = self.root / "edge" / site
        return Home(root=root, landing=root / "landing", repo=self.repo)

    @property
    def build(self) -> Path:
        """Private working folder of the build; no reader opens it."""
        return self.root / "build"

    @property
    def build_db(self) -> Path:
        """The private working database of the build."""
        return self.build / "leadlag.duckdb"

    @property
    def replicas(self) -> Path:
        """What connectors have read of live tables, so that the next reading takes only what changed."""
        return self.root / "replicas"

    @property
    def published(self) -> Path:
        """Audited generations and the pointer to the current one."""
        return self.root / "published"

    @property
    def audits(self) -> Path:
        """Failing keys of audits: a folder by the hash of a content, or by the name of a generation audited again."""
        return self.root / "audit"

    @property
    def dev(self) -> Path:
        """Where a person's own dbt builds go."""
        return self.root / "dev"

    @property
    def dagster(self) -> Path:
        """Dagster's instance folder."""
        return self.root / "dagster"

    @property
    def logs(self) -> Path:
        """Logs of dbt and of the runs."""
        return self.root / "logs"

    @property
    def target(self) -> Path:
        """dbt's target folder."""
        return self.root / "target"

    def make(self) -> Home:
        """Create the folders that are missing and return the home. `pinned` is left to the acceptance."""
        for folder in (
            self.root,
            self.landing,
            self.accepted,
            self.quarantine,
            self.build,
            self.published,
            self.dev,
            self.dagster,
            self.logs,
            self.target,
        ):
            folder.mkdir(parents=True, exist_ok=True)
        return self
