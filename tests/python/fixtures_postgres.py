"""A throw-away PostgreSQL cluster on loopback, shared by a session; each test takes a database of its own.

Here: finding the binaries of Debian's package, starting and stopping the cluster, an empty database. Where the binaries
are absent the tests skip and say so. initdb refuses root: then an unprivileged user runs the cluster.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "s3cret of the cluster"  # a blank and no letter of the user: what leaks of it is found
_ESCAPED = PASSWORD.replace(" ", "%20")
_number = count(1)


@dataclass(frozen=True)
class Database:
    """An empty database: `dsn` as a person would set it, `run` for what a test puts into it."""

    name: str
    port: int

    @property
    def dsn(self) -> str:
        return f"postgresql://leadlag:{_ESCAPED}@127.0.0.1:{self.port}/{self.name}"

    def connect(self, **options: Any):
        import psycopg

        return psycopg.connect(self.dsn, **options)

    def run(self, *statements: str) -> list[tuple]:
        """Run statements, each committed; returns the rows of the last."""
        with self.connect(autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name.split(".")[0]))
    if found:
        return found[-1]
    there = shutil.which("initdb")
    return Path(there).resolve().parent if there else None


def _as_user() -> tuple[list[str], str | None]:
    """Words before a command and the user it then runs as; nothing and None when we are not root."""
    if os.geteuid() != 0:
        return [], None
    names = [name for name in ("postgres", "nobody") if any(user.pw_name == name for user in pwd.getpwall())]
    for name in names:
        if shutil.which("setpriv"):
            return ["setpriv", f"--reuid={name}", f"--regid={pwd.getpwnam(name).pw_gid}", "--clear-groups"], name
        if shutil.which("runuser"):
            return ["runuser", "-u", name, "--"], name
    pytest.skip("root may not run PostgreSQL, and there is neither setpriv nor runuser to be somebody else")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def cluster() -> Iterator[int]:
    """The port of a running cluster, gone at the end of the session."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL: install Debian's package `postgresql`")
    words, user = _as_user()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    data, port = folder / "data", _free_port()
    secret = folder / "password"
    secret.write_text(PASSWORD)
    if user:
        for path in (folder, secret):
            shutil.chown(path, user)

    def run(program: str, *arguments: str) -> None:
        # The log of the server must not hold our pipe open, or we would wait for the server's end.
        with (folder / "out").open("wb") as out:
            done = subprocess.run(
                [*words, str(binaries / program), *arguments], cwd="/", stdout=out, stderr=out, timeout=120
            )
        assert done.returncode == 0, (folder / "out").read_text()

    init = ("-A", "scram-sha-256", "-U", "leadlag", "--pwfile", str(secret), "-E", "UTF8", "--locale=C", "--no-sync")
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off -c max_prepared_transactions=4"
    try:
        run("initdb", "-D", str(data), *init)
        run("pg_ctl", "-w", "-D", str(data), "-o", settings, "-l", str(folder / "log"), "start")
        try:
            yield port
        finally:
            run("pg_ctl", "-w", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_database(cluster: int) -> Callable[[], Database]:
    """Makes an empty database in the cluster."""

    def make() -> Database:
        made = Database(f"shop_{next(_number)}", cluster)
        Database("postgres", cluster).run(f"create database {made.name}")
        return made

    return make


@pytest.fixture
def database(new_database: Callable[[], Database]) -> Database:
    """An empty database of the test's own."""
    return new_database()
