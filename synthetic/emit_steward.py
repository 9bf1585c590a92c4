"""What people decided that can be known without the marts: how KPIs are read, and who asked for which data.

Belongs here: decisions and access requests. Does not belong here: answers to what the marts publish (dispositions of
flags, verdicts on proposals and matches, outcomes of reviews, sign-offs, acknowledgements): their ids exist only once
the warehouse has run, so people give them there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from orchestration.lib.contracts import Contract
from synthetic.clock import DAY, local_midnight, stream, to_utc, utc_datetime
from synthetic.tables import NOT_YET, Batch, conform, day_name, instants

if TYPE_CHECKING:
    from synthetic.world import World

_DECISIONS = (  # kpi, option, why
    ("inventory_turnover", "turns", "what the board and the banks read"),
    ("inventory_turnover", "weeks_of_supply", "planners buy by the week"),
)
_REQUESTS = (  # role, domain, purpose, status
    ("planner", "cost", "order quantities by cost of holding", "approved"),
    ("planner", "supplier_price", "order quantities by price break", "approved"),
    ("warehouse", "stock", "put-away and counting", "approved"),
    ("warehouse", "margin", "curiosity", "refused"),
    ("sales", "stock", "promises to customers", "approved"),
    ("sales", "cost", "quotations", "requested"),
    ("auditor", "cost", "yearly audit", "approved"),
    ("consultant", "supplier_price", "a project that has ended", "revoked"),
)


def emit_steward(world: World, contracts: dict[tuple[str, str], Contract]) -> Iterator[Batch]:
    """Yield the decisions of the governance team and the requests for access, one batch each."""
    rng, day = stream(world.seed, "steward"), world.profile.days - 1
    name, zone = day_name(world.profile.first_day, day), world.company.divisions[0].sites[0].time_zone
    start = int(to_utc(np.array([local_midnight(world.profile.first_day, 0)]), zone)[0])
    end = start + day * DAY
    told = {"decisions": _decisions(world, rng, start), "access_requests": _requests(rng, start, day)}
    for entity, columns in told.items():
        table = conform(columns, contracts["steward", entity])
        yield Batch("steward", "governance", entity, name, table, utc_datetime(end))


def _decisions(world: World, rng: np.random.Generator, start: int) -> dict:
    """One decision for the company, and one for each division that reads the figure another way."""
    scopes = [("company", "*", _DECISIONS[0])]
    scopes += [("division", division.code, _DECISIONS[1]) for division in world.company.divisions[1:]]
    n = len(scopes)
    at = start + rng.integers(1, 20, n) * DAY + 14 * 3600
    return {
        "decision_id": [f"GOV-{place + 1:04d}" for place in range(n)],
        "kpi_id": [decision[0] for _, _, decision in scopes],
        "scope_type": [kind for kind, _, _ in scopes],
        "scope_id": [scope for _, scope, _ in scopes],
        "option": [decision[1] for _, _, decision in scopes],
        "rationale": [decision[2] for _, _, decision in scopes],
        "decided_by": ["inventory governance board"] * n,
        "decided_at": instants(at),
        "valid_from": pa.array([world.profile.first_day + timedelta(days=30)] * n),
    }


def _requests(rng: np.random.Generator, start: int, last: int) -> dict:
    """The newest state of every request."""
    n = len(_REQUESTS)
    status = np.array([request[3] for request in _REQUESTS])
    at = start + np.sort(rng.integers(1, last - 10, n)) * DAY + 10 * 3600
    agreed = np.isin(status, ("approved", "revoked"))
    owner = np.where(agreed, at + 1 * DAY, NOT_YET)
    return {
        "request_id": [f"ACC-{place + 1:04d}" for place in range(n)],
        "role": [request[0] for request in _REQUESTS],
        "domain": [request[1] for request in _REQUESTS],
        "purpose": [request[2] for request in _REQUESTS],
        "requested_by": [f"head of {request[0]}" for request in _REQUESTS],
        "requested_at": instants(at),
        "owner_consent_at": instants(owner),
        "receiver_consent_at": instants(np.where(agreed, owner + 3600, NOT_YET)),
        "conditions": pa.array(["read only" if a else None for a in agreed], pa.string()),
        "status": list(status),
        "expires_at": instants(np.where(agreed, at + 365 * DAY, NOT_YET)),
    }
