"""Dagster resources of the house: the right to write a home.

Here: what a run needs from outside. Not here: assets and jobs (defs/), the lock itself (lib/lock.py).
"""

import dagster as dg

from orchestration.lib import lock, warehouse
from orchestration.lib.paths import Home


class Writer(dg.ConfigurableResource):
    """The one writer of LEADLAG_HOME, for as long as the run lasts: from the acceptance to the publication.

    Holds the OS lock and the environment of the tools. LockHeldError when another process writes this home after
    `wait_seconds`.
    """

    wait_seconds: float = 0.0

    @property
    def home(self) -> Home:
        """The home that the environment names."""
        return Home.from_env()

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Take the lock. The run is one process, so every step of it shares this one."""
        home = self.home.make()
        warehouse.apply_environment(home)
        lock.acquire(home.build / ".lock", self.wait_seconds)

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Give the lock back."""
        lock.release(self.home.build / ".lock")
