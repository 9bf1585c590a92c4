"""Reading SQL with Jinja as text: comments and strings taken out at equal length, calls split, CTEs found.

Here: pure functions over text, cached. Not here: any rule, any file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import jinja2
from jinja2 import nodes

_NUMERIC = re.compile(r"\s*[-+]?\d+(\.\d+)?\s*")
_JINJA = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=True)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


@lru_cache(maxsize=4096)
def read(raw: str) -> tuple[str, str]:
    """(uncommented, flat), both as long as `raw`, so that offsets and lines stay.

    `uncommented` has its comments blanked. `flat` has also the delimiters of Jinja and the content of SQL strings
    blanked; a string inside Jinja is opened, since it holds SQL, and a quoted number is kept, since it is a number.
    """
    plain, flat, i, inside = list(raw), list(raw), 0, False

    def wipe(start: int, end: int, *, both: bool = False) -> None:
        for at in range(start, min(end, len(raw))):
            if raw[at] != "\n":
                flat[at] = " "
                if both:
                    plain[at] = " "

    def after(mark: str, start: int) -> int:
        found = raw.find(mark, start)
        return len(raw) if found < 0 else found + len(mark)

    while i < len(raw):
        two = raw[i : i + 2]
        if two == "{#":
            end = after("#}", i)
            wipe(i, end, both=True)
        elif not inside and two in ("--", "/*"):
            end = after("\n" if two == "--" else "*/", i)
            wipe(i, end, both=True)
        elif two in ("{{", "{%"):
            inside, end = True, i + 2 + (raw[i + 2 : i + 3] == "-")
            wipe(i, end)
        elif inside and two in ("}}", "%}"):
            inside, end = False, i + 2
            wipe(i - (raw[i - 1] == "-"), end)
        elif raw[i] == "'" or (inside and raw[i] == '"'):
            end = _end_of_string(raw, i, inside)
            content = raw[i + 1 : end - 1]
            if inside:
                opened = re.sub(r"'[^']*'", lambda m: " " * len(m.group()), content)
                flat[i:end] = list(" " + opened + " ")
            elif not _NUMERIC.fullmatch(content):
                wipe(i + 1, end - 1)
        else:
            end = i + 1
        i = end
    return "".join(plain), "".join(flat)


def _end_of_string(raw: str, start: int, inside: bool) -> int:
    quote, i = raw[start], start + 1
    while i < len(raw):
        escaped = raw[i] == "\\" if inside else raw[i : i + 2] == quote * 2
        if escaped:
            i += 2
        elif raw[i] == quote:
            return i + 1
        else:
            i += 1
    return len(raw)


def uncommented(raw: str) -> str:
    """`raw` without its comments, at equal length."""
    return read(raw)[0]


def flat(raw: str) -> str:
    """`raw` as plain SQL code: no comments, no Jinja delimiters, no content of strings; at equal length."""
    return read(raw)[1]


def line_of(text: str, offset: int) -> int:
    """1-based line of an offset."""
    return text.count("\n", 0, offset) + 1


def without(text: str, fragment: str, source: str) -> str:
    """`text` with every place blanked where `source` (of equal length) has `fragment`; runs of space match any."""
    pattern = r"\s+".join(re.escape(word) for word in fragment.split())
    for found in re.finditer(pattern, source):
        text = text[: found.start()] + _blank(found.group()) + text[found.end() :]
    return text


@dataclass(frozen=True)
class Argument:
    """One argument of a call in flat text: its stripped text and where it lies."""

    text: str
    start: int
    end: int


def calls(code: str, name: str) -> Iterator[list[Argument]]:
    """The arguments of each call of `name(...)` in flat text, split at the commas of its own level."""
    for found in re.finditer(rf"\b{name}\s*\(", code):
        arguments, depth, start = [], 1, found.end()
        for i in range(found.end(), len(code)):
            char = code[i]
            depth += (char in "([{") - (char in ")]}")
            if depth == 0 or (depth == 1 and char == ","):
                arguments.append(Argument(code[start:i].strip(), start, i))
                start = i + 1
            if depth == 0:
                break
        yield arguments


@dataclass(frozen=True)
class Cte:
    """A CTE as its layout shows it: header at the margin, body, closing parenthesis at the margin. `body` keeps its
    Jinja and strings."""

    name: str
    body: str
    line: int


_CTE = re.compile(r"^(?:with (?:recursive )?)?([\w{} ]+?) as \(\n(.*?)^\)(,?)$", re.MULTILINE | re.DOTALL)


@lru_cache(maxsize=4096)
def ctes(raw: str) -> tuple[Cte, ...]:
    """The CTEs of a model, in order."""
    text = uncommented(raw)
    return tuple(Cte(m.group(1), m.group(2), line_of(text, m.start())) for m in _CTE.finditer(text))


_REF = re.compile(r"\b(?:ref|source)\(")


def references(text: str) -> int:
    """How many `ref` or `source` calls a text makes by its own hand (macros apart)."""
    return len(_REF.findall(text))


@lru_cache(maxsize=4096)
def jinja_calls(raw: str, name: str) -> tuple[tuple[list, dict] | None, ...]:
    """Arguments (positional, keyword) of each Jinja call of `name`; None for a call whose arguments are not literal."""
    if name not in raw:
        return ()
    found: list[tuple[list, dict] | None] = []
    for call in _JINJA.parse(raw).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == name:
            try:
                found.append(([a.as_const() for a in call.args], {k.key: k.value.as_const() for k in call.kwargs}))
            except nodes.Impossible:
                found.append(None)
    return tuple(found)


@lru_cache(maxsize=16384)
def scan(pattern: re.Pattern[str], raw: str, fragments: tuple[str, ...] = ()) -> tuple[tuple[int, str], ...]:
    """(line, words) of each place in the code of `raw`, without the fragments, where the pattern matches."""
    code, plain = flat(raw), uncommented(raw)
    for fragment in fragments:
        code = without(code, fragment, plain)
    return tuple((line_of(code, m.start()), " ".join(m.group().split()).rstrip("( ,")) for m in pattern.finditer(code))
