"""Published generations as readers and operators meet them: the pointer, leases, verification, rollback, retention.

Here: everything about published/ that does not make a generation. Not here: how one is made (publishing.py).

published/<generation>/MANIFEST.json says what is in it; published/current is a symlink to the one to read, moved
atomically; published/.leases/<generation>.<pid>.<n> says that a process reads one.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.lib.landing import file_sha256
from orchestration.lib.lock import writer_lock
from orchestration.lib.paths import Home
from orchestration.lib.sql import connect, literal

KEEP_GENERATIONS = 5
"""Generations kept by retention, the current one included."""

MIN_AGE_SECONDS = 3600.0
"""A generation younger than this is kept however many there are: readers without a lease resolved it lately."""

ROLE = "full"
MARTS = "marts.duckdb"
MANIFEST = "MANIFEST.json"
POINTER = "current"
_NAME = re.compile(r"^g(\d{6,})-[0-9a-f]{10}$")
_lease_numbers = itertools.count()


class GenerationError(RuntimeError):
    """A generation is missing or not what its manifest says; the message says which file and what to do."""


@dataclass(frozen=True)
class Generation:
    """One published generation: `name` g<sequence>-<hash>, its folder, and the parsed MANIFEST.json."""

    name: str
    sequence: int
    path: Path
    manifest: dict[str, Any]


@dataclass(frozen=True)
class OpenGeneration:
    """A generation open for reading: `connection` is read-only and resolves the views over Parquet files."""

    generation: Generation
    connection: duckdb.DuckDBPyConnection


def fsync_path(path: Path) -> None:
    """Force a file or a folder's entries to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sequence_of(name: str) -> int | None:
    """Sequence number in a generation's name; None for any other name."""
    match = _NAME.match(name)
    return int(match.group(1)) if match else None


def load(home: Home, name: str) -> Generation:
    """Generation `name` with its manifest. GenerationError when it is not there or cannot be read."""
    path = home.published / name
    sequence = sequence_of(name)
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GenerationError(f"generation {name} has no readable {MANIFEST} in {path}: {error}") from error
    if sequence is None or manifest.get("generation") != name:
        raise GenerationError(f"{path / MANIFEST} describes {manifest.get('generation')!r}, not {name}")
    return Generation(name, sequence, path, manifest)


def list_generations(home: Home) -> list[Generation]:
    """All complete generations, oldest first. A folder without a readable manifest is not one."""
    found = []
    for path in home.published.iterdir() if home.published.is_dir() else []:
        if sequence_of(path.name) is not None and (path / MANIFEST).is_file():
            found.append(load(home, path.name))
    return sorted(found, key=lambda generation: generation.sequence)


def current_name(home: Home) -> str | None:
    """Name that published/current points at; None when nothing was published yet."""
    try:
        return (home.published / POINTER).readlink().name
    except FileNotFoundError:
        return None


def current(home: Home) -> Generation:
    """The current generation. GenerationError when nothing was published yet."""
    name = current_name(home)
    if name is None:
        raise GenerationError(f"nothing is published in {home.published} yet: run `make refresh` (or `make demo`)")
    return load(home, name)


def verify(generation: Generation) -> int:
    """Compare every file with the manifest's sha256 and size, and refuse files it does not name.

    Returns the number of files compared. GenerationError names every file that differs.
    """
    files = generation.manifest["files"]
    wrong = []
    for name, expected in sorted(files.items()):
        path = generation.path / name
        if not path.is_file():
            wrong.append(f"{name} is missing")
        elif path.stat().st_size != expected["bytes"] or file_sha256(path) != expected["sha256"]:
            wrong.append(f"{name} differs from its sha256")
    present = {str(p.relative_to(generation.path)) for p in generation.path.rglob("*") if p.is_file()}
    wrong += [f"{name} is not in the manifest" for name in sorted(present - set(files) - {MANIFEST})]
    if wrong:
        raise GenerationError(
            f"generation {generation.name} is damaged: {'; '.join(wrong)}. "
            "Run `make rollback` to point readers at the generation before, or `make refresh` to publish a new one."
        )
    return len(files)


def move_pointer(home: Home, name: str) -> None:
    """Point published/current at `name` in one atomic step, on disk when this returns."""
    fresh = home.published / f".{POINTER}-{os.getpid()}"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(name)
    fresh.replace(home.published / POINTER)
    fsync_path(home.published)


def rollback(home: Home, to: str | None = None) -> Generation:
    """Move the pointer to generation `to`, by default the newest one before the current, after verifying it.

    GenerationError when there is none or it is damaged; the pointer then stays. The next refresh publishes anew.
    """
    with writer_lock(home.build / ".lock"):
        here = current(home)
        if to is None:
            earlier = [g for g in list_generations(home) if g.sequence < here.sequence]
            if not earlier:
                raise GenerationError(f"{here.name} is the oldest generation kept: there is none to roll back to")
            target = earlier[-1]
        else:
            if sequence_of(to) is None:
                kept = ", ".join(g.name for g in list_generations(home))
                raise GenerationError(f"{to!r} is not the name of a generation; there are: {kept}")
            target = load(home, to)
        verify(target)
        move_pointer(home, target.name)
        return target


def _pid_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def leased_names(home: Home) -> set[str]:
    """Generations that a living process says it reads. Leases of dead processes are removed."""
    names = set()
    leases = home.published / ".leases"
    for lease in leases.iterdir() if leases.is_dir() else []:
        name, _, rest = lease.name.partition(".")
        pid = rest.partition(".")[0]
        if pid.isdigit() and _pid_alive(int(pid)):
            names.add(name)
        else:
            lease.unlink(missing_ok=True)
    return names


@contextmanager
def lease(home: Home) -> Iterator[Generation]:
    """Resolve the pointer once and keep that generation from retention for the block."""
    folder = home.published / ".leases"
    while True:
        name = current(home).name
        folder.mkdir(exist_ok=True)
        mark = folder / f"{name}.{os.getpid()}.{next(_lease_numbers)}"
        mark.touch()
        try:
            generation = load(home, name)
            break
        except GenerationError:  # retention was faster than the lease: resolve again
            mark.unlink(missing_ok=True)
            if current_name(home) == name:
                raise
    try:
        yield generation
    finally:
        mark.unlink(missing_ok=True)


@contextmanager
def open_current(home: Home) -> Iterator[OpenGeneration]:
    """Open the current generation read-only for the block, under a lease.

    Sets `file_search_path`, by which the views over big facts find their Parquet files: a view cannot name the folder
    of its own database, so any other client must run
    `set file_search_path = '<published>/<generation>/full'` first. The time zone is UTC.
    """
    with lease(home) as generation, _opened(generation) as opened:
        yield opened


@contextmanager
def open_generation(home: Home, name: str) -> Iterator[OpenGeneration]:
    """Open generation `name` as open_current does. GenerationError with the names there are when it is not kept."""
    kept = [generation.name for generation in list_generations(home)]
    if name not in kept:
        there = f"there are: {', '.join(kept)}" if kept else "nothing is published yet: run `make refresh`"
        raise GenerationError(f"{name!r} is not a generation kept in {home.published}; {there}")
    mark = home.published / ".leases" / f"{name}.{os.getpid()}.{next(_lease_numbers)}"
    mark.parent.mkdir(exist_ok=True)
    mark.touch()
    try:
        with _opened(load(home, name)) as opened:
            yield opened
    finally:
        mark.unlink(missing_ok=True)


@contextmanager
def _opened(generation: Generation) -> Iterator[OpenGeneration]:
    role = generation.path / ROLE
    connection = connect(role / MARTS, read_only=True)
    try:
        connection.execute(f"set file_search_path = {literal(str(role))}")
        yield OpenGeneration(generation, connection)
    finally:
        connection.close()


def retire(home: Home, keep: int = KEEP_GENERATIONS, min_age_seconds: float = MIN_AGE_SECONDS) -> list[str]:
    """Delete generations beyond the newest `keep` that are not current, not leased and older than the minimum age, and
    then the failing keys of audits that none of those left rests on.

    Returns the generations' names. A folder is renamed to .tmp-* before it is deleted, so a half-deleted one is never
    listed. The age is the folder's, by the clock of this machine: housekeeping, never data.
    """
    leased = leased_names(home)
    here = current_name(home)
    gone = []
    for generation in list_generations(home)[: -keep or None]:
        age = time.time() - generation.path.stat().st_mtime
        if generation.name == here or generation.name in leased or age < min_age_seconds:
            continue
        doomed = home.published / f".tmp-retired-{generation.name}"
        generation.path.rename(doomed)
        shutil.rmtree(doomed)
        gone.append(generation.name)
    _retire_keys(home, keep, min_age_seconds)
    return gone


def _retire_keys(home: Home, keep: int, min_age_seconds: float) -> None:
    """Delete the failing keys of audits that no kept generation rests on, but for the newest `keep` of them, among
    which are the builds that were blocked lately, and those younger than the minimum age.

    A kept generation may be audited again meanwhile: its folder is not looked into."""
    if not home.audits.is_dir():
        return
    wanted = {word for kept in list_generations(home) for word in (kept.name, kept.manifest["content_hash"])}
    others = [folder for folder in home.audits.iterdir() if folder.is_dir() and folder.name not in wanted]
    for folder in sorted(others, key=_last_written)[: -keep or None]:
        if time.time() - _last_written(folder) >= min_age_seconds:
            shutil.rmtree(folder, ignore_errors=True)


def _last_written(folder: Path) -> float:
    return max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
