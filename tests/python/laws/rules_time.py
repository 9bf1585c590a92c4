"""Laws 4 and 7: time is an input, and chance is not one.

Here: clocks and random numbers in SQL and Python. Not here: business dates and time zones, which tests of data prove.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from laws.law import law
from laws.project import Project
from laws.sql_text import scan

_SQL_CLOCK = re.compile(
    r"\b(?:now|today|age|random|uuid|gen_random_uuid|setseed|get_current_\w+|transaction_timestamp|clock_timestamp"
    r"|statement_timestamp|sysdate|getdate|unix_timestamp|current_localtime|current_localtimestamp)\s*\("
    r"|\b(?:current_date|current_time|current_timestamp|localtime|localtimestamp)\b"
    r"|\b(?:run_started_at|invocation_id|modules\.datetime|modules\.pytz)\b",
    re.IGNORECASE,
)
_SQL_CLOCK_IN_PYTHON = re.compile(
    r"\b(?:now|today|get_current_\w+)\(\)|\b(?:current_(?:date|timestamp)|localtimestamp)\b", re.IGNORECASE
)
_PYTHON_CLOCK = re.compile(
    r"(?:^|\.)(?:datetime\.(?:now|utcnow|today)|date\.today|Timestamp\.(?:now|utcnow|today)"
    r"|time\.(?:time|time_ns|localtime|gmtime|ctime|asctime))$"
)
_PYTHON_WITHOUT_CLOCK = ("models/", "expectations/", "synthetic/", "orchestration/", "reports/")
_SQL_WITHOUT_CLOCK = ("models/", "macros/", "tests/generic/", "tests/invariants/", "connectors/", "snapshots/")


@law
def no_clock_in_sql(project: Project) -> Iterator[str]:
    """No now(), current_date or the like, and no random number, in models, macros, tests and connectors."""
    for path, raw in project.files.items():
        if path.endswith(".sql") and path.startswith(_SQL_WITHOUT_CLOCK):
            for line, words in scan(_SQL_CLOCK, raw):
                yield f"{path}:{line}: `{words}`; time is an input, chance is none: read ref('dim_cutoff')"


@lru_cache(maxsize=4096)
def clocks_in_python(text: str) -> tuple[tuple[int, str], ...]:
    """(line, dotted name) of every use of a calendar clock; monotonic clocks measure seconds and are none."""
    found: list[tuple[int, str]] = []
    docstrings = set()
    for node in ast.walk(tree := ast.parse(text)):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False):
            docstrings.add(id(node.body[0].value))
    renamed = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    } | {
        alias.asname: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.asname
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            head, _, rest = ast.unparse(node).partition(".")
            name = ".".join(part for part in (renamed.get(head, head), rest) if part)
            if _PYTHON_CLOCK.search(name):
                found.append((node.lineno, ast.unparse(node)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            found += [(node.lineno, m.group()) for m in _SQL_CLOCK_IN_PYTHON.finditer(node.value)]
    return tuple(found)


@law
def no_clock_in_python(project: Project) -> Iterator[str]:
    """Nothing that makes or judges data asks what time it is; seconds may be measured with time.monotonic."""
    for path, text in project.files.items():
        if path.endswith(".py") and path.startswith(_PYTHON_WITHOUT_CLOCK):
            for line, name in clocks_in_python(text):
                if not project.allowed("no_clock_in_python", path, name):
                    yield f"{path}:{line}: `{name}` reads the clock; take the time from the manifest or an argument"
