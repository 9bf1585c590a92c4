"""docs/laws.md, written from the laws and their breaks: `python -m laws.document` in tests/python.

Here: the page. Not here: its facts.
"""

from __future__ import annotations

from pathlib import Path

from laws.breaks import breaks
from laws.catalogue import LAWS

PAGE = "docs/laws.md"
_HEAD = """\
# The laws of the house

Each law is a test over the checkout: dbt's manifest with the SQL it renders, the files, the seeds. `make test` runs
them; alone they run with `.venv/bin/pytest tests/python/laws`. A violation names the file, the fault and what to do.

- The law: a function of that name in `tests/python/laws/rules_*.py`; its test: `test_laws.py::test_law_holds[<law>]`.
- How it was broken: each entry is a test of `test_laws_can_fail.py`, which breaks a copy of the project so and sees
  this law report it and no other (but those that the same change cannot help breaking). A law without a break fails a
  test. `test_laws_on_a_broken_copy.py` breaks ten of them at once with one bad model file, read through dbt.
- Exceptions stand in `tests/python/laws/allowances.py`, each with its reason; one that nothing needs any more fails a
  test.

To add a law: write the function with `@law`, its breaks in `breaks_of_*.py`, and run `python -m laws.document` in
`tests/python`, which writes this page.

| law | what it says | how it was broken to see it fail |
|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    rows = []
    for name, law in LAWS.items():
        how = "; ".join(case.how for case in breaks() if case.law == name)
        rows.append(f"| `{name}` | {_cell(law.words)} | {_cell(how)} |\n")
    return _HEAD + "".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


if __name__ == "__main__":
    (Path(__file__).parents[3] / PAGE).write_text(page(), encoding="utf-8")
