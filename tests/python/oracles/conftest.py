"""The built companies beside their oracles, one of each a session."""

from __future__ import annotations

import pytest

from tests.python.oracles.company import Company
from tests.python.oracles.differences import Case

_companies: dict[str, Company] = {}


def _case(request: pytest.FixtureRequest, name: str) -> Case:
    marts = request.getfixturevalue(f"{name}_marts")
    if name not in _companies:
        _companies[name] = Company(marts.home)
    return Case(name, marts, _companies[name])


@pytest.fixture(params=["tiny", "edge", "wwi"])
def case(request: pytest.FixtureRequest) -> Case:
    """Each company in turn."""
    return _case(request, request.param)


@pytest.fixture
def edge(request: pytest.FixtureRequest) -> Case:
    """The company of edge cases."""
    return _case(request, "edge")


@pytest.fixture
def tiny(request: pytest.FixtureRequest) -> Case:
    """The tiny synthetic company."""
    return _case(request, "tiny")
