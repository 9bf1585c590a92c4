"""Runs the job `refresh` for the command line: in this process, with a persistent Dagster instance below the home.

Here: the Dagster instance and the run, told as one outcome. Not here: assets (defs/), arguments (__main__.py).
"""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from dataclasses import dataclass
from typing import Any

import yaml

from orchestration.lib import progress, warehouse
from orchestration.lib.lock import writer_lock
from orchestration.lib.paths import Home


@dataclass(frozen=True)
class Outcome:
    """How a refresh ended: `message` is empty when it succeeded, else what failed and what to do."""

    success: bool
    message: str = ""


def configure_dagster(home: Home) -> None:
    """Write dagster.yaml below the home: no telemetry, one run at a time, logs to files, nothing captured twice."""
    home.make()
    settings = {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
        # One file for all runs: a file per run and an index beside it took 10 s longer for 600 events.
        "event_log_storage": {
            "module": "orchestration.run_events",
            "class": "OpenEventLogStorage",
            "config": {"base_dir": str(home.dagster / "events")},
        },
        "concurrency": {"runs": {"max_concurrent_runs": 1}},
        "compute_logs": {
            "module": "dagster._core.storage.noop_compute_log_manager",
            "class": "NoOpComputeLogManager",
        },
        "python_logs": {
            "managed_python_loggers": ["leadlag"],
            "dagster_handler_config": {
                "handlers": {
                    "file": {
                        "class": "logging.handlers.RotatingFileHandler",
                        "level": "INFO",
                        "filename": str(home.logs / "dagster.log"),
                        "maxBytes": 10_000_000,
                        "backupCount": 3,
                    }
                }
            },
        },
    }
    (home.dagster / "dagster.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def refresh(home: Home, *, full_refresh: bool = False, wait_seconds: float = 0.0) -> Outcome:
    """Accept, build, audit and publish. LockHeldError when another process writes this home."""
    home.make()
    with writer_lock(home.build / ".lock", wait_seconds):
        progress.restart()
        warehouse.apply_environment(home)
        configure_dagster(home)
        progress.say("start", f"home {home.root}: reading the dbt project")
        try:
            warehouse.prepare_manifest(home)
        except warehouse.BuildError as error:
            return Outcome(False, str(error))
        return _run_job(full_refresh)


def _run_job(full_refresh: bool) -> Outcome:
    import dagster as dg

    warnings.filterwarnings("ignore", category=dg.BetaWarning)  # logging by dagster.yaml is one
    from orchestration.definitions import defs

    config: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    if full_refresh:
        config["ops"] = {"dbt": {"config": {"full_refresh": True}}}
    with dg.DagsterInstance.get() as instance:
        result = defs.resolve_job_def("refresh").execute_in_process(
            instance=instance, run_config=config, raise_on_error=False
        )
    if result.success:
        return Outcome(True)
    return Outcome(False, _why(result))


def _why(result: Any) -> str:
    """Message of the first step that failed, without Dagster's wrapping."""
    for event in result.all_events:
        data = event.event_specific_data
        error = getattr(data, "error", None)
        if not error or not (event.is_step_failure or event.is_failure):
            continue
        while error.cause:
            error = error.cause
        step = event.step_key or "the run"
        name = (error.cls_name or "error").rsplit(".", 1)[-1]
        return f"{step}: {error.message.strip().removeprefix(name + ': ').split('.' + name + ': ')[-1]}"
    return "the run failed without a message: see logs/dagster.log in the home"


def develop(home: Home, port: int) -> int:
    """Run `dagster dev` on loopback over this home until it is stopped; returns its exit code."""
    warehouse.apply_environment(home)
    configure_dagster(home)
    warehouse.prepare_manifest(home)
    arguments = ["-m", "dagster", "dev", "-m", "orchestration.definitions", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run([sys.executable, *arguments], cwd=home.repo, env=dict(os.environ), check=False).returncode
