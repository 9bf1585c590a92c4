"""the shape of a model and of a Python file.

Here: length and layout. Not here: names (rules_names.py) and what the linters check (.sqlfluff, ruff).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from statistics import median

from laws.law import law
from laws.project import Project
from laws.sql_text import ctes, flat, line_of, references, scan, uncommented

MAX_MODEL_LINES, MAX_MEDIAN_LINES, MAX_PYTHON_LINES = 150, 45, 450
_KEYWORDS = (
    "select|from|where|with|as|join|left|right|inner|full|outer|cross|on|using|group|by|order|having|"
    "union|all|distinct|case|when|then|else|end|and|or|not|in|is|null|true|false|cast|over|partition|rows|"
    "between|preceding|following|current|row|filter|exists|limit|date|timestamp|interval|desc|asc|"
    "coalesce|sum|count|min|max|lag|lead"
)
_UPPER = re.compile(rf"\b(?:{_KEYWORDS.upper()})\b")
_LEADING_COMMA = re.compile(r"^[ \t]*,", re.MULTILINE)
_CONFIG = re.compile(r"^\{\{\s*config\((?:[^\n]*\)\s*\}\}$|.*?^\}\}$)\s*", re.DOTALL | re.MULTILINE)


@law
def models_fit_on_a_page(project: Project) -> Iterator[str]:
    """No model over 150 lines, and half of them at most 45."""
    lengths = {m.path: len(m.sql.splitlines()) for m in project.sql_models.values()}
    for path, lines in lengths.items():
        if lines > MAX_MODEL_LINES:
            yield f"{path}: {lines} lines, over {MAX_MODEL_LINES}; move a step into an intermediate model or a macro"
    if (middle := median(lengths.values())) > MAX_MEDIAN_LINES:
        yield f"models/: median {middle:g} lines, over {MAX_MEDIAN_LINES}; split the models that do two things"


@law
def models_begin_with_imports_and_end_with_final(project: Project) -> Iterator[str]:
    """Import CTEs (one ref or source each, no join) come first, and refs stand nowhere else; the last CTE is `final`,
    the last line `select * from final`."""
    for model in project.sql_models.values():
        for fault in _faults_of_shape(model.sql):
            yield f"{model.path}{fault}"


@lru_cache(maxsize=4096)
def _faults_of_shape(sql: str) -> tuple[str, ...]:
    found, steps, verb = [], ctes(sql), None
    text = _CONFIG.sub("", uncommented(sql).strip())
    if not re.match(r"(?:\{%.*?%\}\s*)*with ", text, re.DOTALL):
        found.append(": does not begin with `with`; begin with the import CTEs")
    if not sql.endswith("\n)\n\nselect * from final\n") or not steps or steps[-1].name != "final":
        found.append(": does not end with the CTE `final`, a blank line and `select * from final`")
    for step in steps:
        count = references(step.body)
        if count > 1 or (count and re.search(r"\bjoin\b", flat(step.body))):
            found.append(f":{step.line}: CTE {step.name} joins a ref itself; import each ref by a CTE of its own")
        elif count and verb and "{{" not in step.name:
            found.append(f":{step.line}: import {step.name} comes after {verb}; put the imports first")
        verb = verb if count else verb or step.name
    return tuple(found)


@law
def ctes_are_laid_out_alike(project: Project) -> Iterator[str]:
    """One blank line between CTEs, header and closing parenthesis at the margin, commas at the end of the line."""
    for model in project.sql_models.values():
        for fault in _faults_of_layout(model.sql):
            yield f"{model.path}{fault}"


@lru_cache(maxsize=4096)
def _faults_of_layout(text: str) -> tuple[str, ...]:
    found = [
        f":{line_of(text, m.start())}: no blank line after this CTE; put one"
        for m in re.finditer(r"^\),\n(?!\n|\{%)", text, re.MULTILINE)
    ]
    found += [f":{line_of(text, m.start()) + 1}: two blank lines; leave one" for m in re.finditer(r"\n\n\n", text)]
    found += [f":{line}: a leading comma; end the line before with it" for line, _ in scan(_LEADING_COMMA, text)]
    headers = len(re.findall(r"^ {0,4}(?:with )?\w[\w{} ]* as \($", uncommented(text), re.MULTILINE))
    if headers != len(ctes(text)):
        found.append(f": {headers} CTE headers, {len(ctes(text))} laid out; header and `)` stand at the margin")
    return tuple(found)


@law
def keywords_are_lower_case(project: Project) -> Iterator[str]:
    """SQL is written in lower case, in models and macros."""
    for path, raw in project.code_files.items() | project.macro_files.items():
        for line, words in scan(_UPPER, raw):
            yield f"{path}:{line}: {words}; write it in lower case"


@lru_cache(maxsize=4096)
def _has_docstring(text: str) -> bool:
    return ast.get_docstring(ast.parse(text)) is not None


@law
def python_files_are_small_and_introduced(project: Project) -> Iterator[str]:
    """Every Python file opens with what belongs in it and has at most 450 lines."""
    for path, text in project.files.items():
        if path.endswith(".py"):
            lines = len(text.splitlines())
            if lines > MAX_PYTHON_LINES:
                yield f"{path}: {lines} lines, over {MAX_PYTHON_LINES}; split it by what it knows"
            if not _has_docstring(text):
                yield f"{path}: no module docstring; say what belongs in it and what does not"
