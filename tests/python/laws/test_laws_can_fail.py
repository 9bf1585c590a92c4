"""Each law broken by hand: it reports the break, and no law beside it does.

Here: the harness. Not here: the breaks (breaks_of_*.py).
"""

from __future__ import annotations

from collections import Counter

import pytest

from laws.breaks import Break, breaks
from laws.catalogue import LAWS
from laws.draft import Draft, numberless
from laws.project import Project

BREAKS = breaks()


def _reported(project: Project) -> dict[str, Counter[str]]:
    return {name: Counter(map(numberless, law.violations(project))) for name, law in LAWS.items()}


@pytest.fixture(scope="module")
def before(project: Project) -> dict[str, Counter[str]]:
    """What every law reports on the checkout as it is."""
    return _reported(project)


@pytest.mark.parametrize("case", BREAKS, ids=lambda b: f"{b.law}: {b.how}")
def test_broken_law_is_reported(case: Break, project: Project, before: dict[str, Counter[str]]) -> None:
    draft = Draft(project)
    case.do(draft)
    after = _reported(draft.build())
    new = {name: list((found - before[name]).elements()) for name, found in after.items()}
    new = {name: found for name, found in new.items() if found}
    assert any(case.says in message for message in new.get(case.law, [])), f"{case.law} is silent; reported: {new}"
    assert set(new) == {case.law, *case.also}, f"reported beside {case.law}: {new}"


@pytest.mark.parametrize("name", LAWS)
def test_every_law_was_broken(name: str) -> None:
    assert any(case.law == name for case in BREAKS), f"nothing breaks {name}: add a Break to laws/breaks_of_*.py"
