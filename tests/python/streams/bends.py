"""What may happen to a stream on its way and must change nothing; extraction times are kept.

Here: one function per bend, and a chain of bends drawn for a plan. Not here: comparison (marts.py).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from tests.python.streams.plan import CUT_OFF, UNKNOWN, Delivery, Plan

Bend = Callable[[random.Random, list[Delivery]], list[Delivery]]


def permute(chance: random.Random, stream: list[Delivery]) -> list[Delivery]:
    """Rows in any order, within their batch and among the batches of one site and extraction time."""
    shuffled = chance.sample(stream, len(stream))
    names: dict[tuple, list[str]] = {}
    for delivery in stream:
        names.setdefault((delivery.site, delivery.extracted_at), []).append(delivery.batch)
    for batches in names.values():
        chance.shuffle(batches)
    return [replace(d, batch=names[d.site, d.extracted_at].pop()) for d in shuffled]


def duplicate(chance: random.Random, stream: list[Delivery]) -> list[Delivery]:
    """Some rows once more, in their own batch or in a later one of their site."""
    more = []
    for delivery in chance.choices(stream, k=chance.randint(1, 12)):
        homes = sorted(
            {(d.extracted_at, d.batch) for d in stream if d.site == delivery.site}
            & {(d.extracted_at, d.batch) for d in stream if d.extracted_at >= delivery.extracted_at}
        )
        at, batch = chance.choice(homes)
        more.append(replace(delivery, batch=batch, extracted_at=at))
    return [*stream, *more]


def split(chance: random.Random, stream: list[Delivery]) -> list[Delivery]:
    """Every batch in up to three, extracted when it was."""
    return [replace(d, batch=f"{d.batch}-{chance.randint(1, 3)}") for d in stream]


def delay(chance: random.Random, stream: list[Delivery]) -> list[Delivery]:
    """Some batches arrive after all others, and so come last in every listing."""
    late = {batch for batch in {d.batch for d in stream} if chance.random() < 0.5}
    first = [d for d in stream if d.batch not in late]
    return first + [replace(d, batch=f"zz-{d.batch}") for d in stream if d.batch in late]


def backwards(chance: random.Random, stream: list[Delivery]) -> list[Delivery]:
    """The last row first, the last batch first."""
    names = sorted({d.batch for d in stream})
    turned = dict(zip(names, (f"{n:03d}" for n in reversed(range(len(names)))), strict=True))
    return [replace(d, batch=turned[d.batch]) for d in reversed(stream)]


def replay(chance: random.Random, stream: list[Delivery]) -> list[Delivery]:
    """The whole history of a site again, extracted at the cut-off."""
    site = chance.choice(sorted({d.site for d in stream}))
    again = [replace(d, batch="replay", extracted_at=CUT_OFF) for d in stream if d.site == site]
    return [*stream, *again]


def take_back_and_add(chance: random.Random, stream: list[Delivery]) -> list[Delivery]:
    """Some events are reversed and recorded anew, at their instant: the ledger grows and no balance changes.

    Events that stand where their device's clock put them: what takes them back has no number and stays at that moment.
    """
    told: dict[str, list[Delivery]] = {}
    for delivery in stream:
        told.setdefault(delivery.row["event_id"], []).append(delivery)
    taken_back = {d.row.get("reverses_event_id") for d in stream}
    more = []
    for event, said in sorted(told.items()):
        row = said[0].row
        plain = row["event_type"] not in ("reversal", "status_change", "transfer_out", "transfer_in")
        plain = plain and not {row["item_code"], row["uom"]} & UNKNOWN
        plain = plain and not _is_doubted(said[0], stream)
        if plain and event not in taken_back and all(d.row == row for d in said) and chance.random() < 0.3:
            first = min(said, key=lambda d: d.extracted_at)
            unnumbered = row | {"device_id": None, "sequence_no": None}
            undo = {"event_id": f"{event}-undo", "event_type": "reversal", "reverses_event_id": event}
            more.append(replace(first, row=unnumbered | undo | {"qty": -row["qty"]}))
            more.append(replace(first, row=unnumbered | {"event_id": f"{event}-anew"}))
    return [*stream, *more]


def _is_doubted(delivery: Delivery, stream: list[Delivery]) -> bool:
    """Whether the system recorded it before it happened, or no earlier than what its device numbered before it and told
    for later."""
    row = delivery.row
    if row.get("sequence_no") is None:
        return False
    told = min(row["occurred_at"], row["recorded_at"])
    before = [
        d.row
        for d in stream
        if (d.site, d.row.get("device_id")) == (delivery.site, row["device_id"])
        and (d.row.get("sequence_no") or row["sequence_no"]) < row["sequence_no"]
        and d.row["recorded_at"] <= row["recorded_at"]
    ]
    return told < row["occurred_at"] or any(min(r["occurred_at"], r["recorded_at"]) > told for r in before)


HARMLESS: tuple[Bend, ...] = (permute, duplicate, split, delay, backwards, replay)


def bent(plan: Plan, *, also: Bend | None = None) -> list[Delivery]:
    """The plan's deliveries after one to four harmless bends, drawn from its seed; `also` is done first."""
    chance = random.Random(f"bends {plan.seed}")
    stream = also(chance, plan.deliveries) if also and plan.deliveries else plan.deliveries
    for bend in chance.choices(HARMLESS, k=chance.randint(1, 4)) if stream else ():
        stream = bend(chance, stream)
    return stream
