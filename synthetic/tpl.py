"""The message log of the third-party logistics provider that runs one site, as the provider keeps it.

Belongs here: which messages the records of the site give rise to, the daily stock advices, the item map, and the faults
of the messages. Does not belong here: batches of them (emit_tpl.py) and the API that serves them (tpl_server.py). The
site is the last one; the log covers the last LOG_DAYS days. All draws come from streams of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from synthetic.clock import stream
from synthetic.company import Company
from synthetic.ledger import Event
from synthetic.physical import Truth
from synthetic.profiles import Profile
from synthetic.records import Records, cut_off_utc
from synthetic.tables import day_name

PROVIDER = "ibex"
LOG_DAYS = 60
UNIT, CARTON = "UN", "CTN"
UNKNOWN_ITEM, UNKNOWN_UOM = "IB-UNMAPPED-{}", "PALLET9"
TO_PROVIDER, FROM_PROVIDER = "to_provider", "from_provider"
_IN = (int(Event.RECEIPT), int(Event.TRANSFER_IN))
_OUT = (int(Event.ISSUE), int(Event.TRANSFER_OUT))
_ADJUSTED = tuple(int(e) for e in (Event.SCRAP, Event.ADJUSTMENT, Event.CUSTOMER_RETURN, Event.SUPPLIER_RETURN))
_ORDER_AHEAD = {"940": (3_600, 5 * 3_600), "943": (12 * 3_600, 60 * 3_600)}
_ANSWER_AFTER, _ADVICE_AFTER = (60, 900), 600
_RECEIVED_AFTER, _ACK_AFTER, _LATE_ACK_AFTER = (1, 30), (60, 420), (1_800, 5_400)
_LATE_SHARE = 0.25  # of the messages of the slow day
_FAULTY = 0.004  # of the messages are struck by each kind of fault, within the bounds below
_LEAST, _MOST = 2, 24


@dataclass(frozen=True)
class TplLog:
    """Everything the provider knows. messages and advices: one row per message and advice line, in order of their
    sequence_no, times in UTC seconds, qty in the told unit; faults: kind -> message positions (keys for misstated)."""

    provider: str
    site: int
    messages: pd.DataFrame
    advices: pd.DataFrame
    items: np.ndarray  # items of the division, in order of their provider codes
    faults: dict[str, np.ndarray] = field(default_factory=dict)
    slow_day: int = 0
    shuffled_batch: int = 0


def provider_codes(items: np.ndarray) -> np.ndarray:
    """Return the provider's codes of items."""
    return np.array([f"IB{number:06d}" for number in np.asarray(items).tolist()], dtype=object)


def build_tpl(company: Company, truth: Truth, records: Records, profile: Profile, seed: int) -> TplLog:
    """Draw the log of the provider of the last site."""
    rng = stream(seed, "tpl.messages")
    site = len(company.sites) - 1
    first = max(profile.days - LOG_DAYS, 0)
    messages = _messages(company, records, profile, rng, site, first)
    unanswered = _strike(stream(seed, "tpl.unanswered"), messages, messages["type"].isin(["944", "945"])
                         & (messages["day"] < profile.days - 7))  # fmt: skip
    dropped = messages.iloc[unanswered]
    messages = messages.drop(index=messages.index[unanswered]).sort_values(["sent", "type", "event"], kind="stable")
    messages = messages.reset_index(drop=True)
    messages["sequence"] = np.arange(1, len(messages) + 1)
    faults, slow = _faults(messages, profile, seed)
    late = faults["late_ack"]
    acks = rng.integers(*_ACK_AFTER, len(messages))
    acks[late] = stream(seed, "tpl.late").integers(*_LATE_ACK_AFTER, len(late))
    messages["received"] = messages["sent"] + rng.integers(*_RECEIVED_AFTER, len(messages))
    messages["acknowledged"] = messages["sent"] + acks
    messages["status"] = "accepted"
    messages.loc[faults["rejected"], "status"] = "rejected"
    pack = company.items["pack"].to_numpy().astype("int64")
    advices, misstated = _advices(company, truth, profile, seed, site, first)
    item = messages["item"].to_numpy()
    in_cartons = (item >= 0) & (pack[item] > 1) & (messages["qty"].to_numpy() % np.maximum(pack[item], 1) == 0)
    in_cartons &= messages["qty"].to_numpy() != 0
    messages["in_cartons"] = in_cartons
    messages["told"] = np.where(in_cartons, messages["qty"] // np.maximum(pack[item], 1), messages["qty"])
    division = company.division_of_site[site]
    batches = len(np.unique(records.calendar.period_of_day[first:]))
    return TplLog(
        provider=PROVIDER,
        site=site,
        messages=messages,
        advices=advices,
        items=np.flatnonzero(company.items["division"].to_numpy() == division),
        faults=faults | {"misstated": misstated, "unanswered": dropped["number"].to_numpy()},
        slow_day=slow,
        shuffled_batch=int(stream(seed, "tpl.shuffle").integers(0, batches)),
    )


def _messages(company: Company, records: Records, profile: Profile, rng: np.random.Generator, site: int,
              first: int) -> pd.DataFrame:  # fmt: skip
    """Orders and their answers, adjustments, and one advice a day; item -1 where a message speaks of no goods."""
    own = np.flatnonzero((records.site == site) & (records.day >= first))
    event = records.event[own]
    frame = pd.DataFrame({
        "event": own, "number": records.number[own], "item": company.item_of[records.key[own]],
        "qty": records.qty[own], "sent": records.occurred[own], "day": records.day[own],
    })  # fmt: skip
    parts = []
    for kinds, order, answer in ((_OUT, "940", "945"), (_IN, "943", "944")):
        moved = frame[np.isin(event, kinds)].copy()
        moved["qty"] = moved["qty"].abs()
        told = moved.assign(type=answer, sent=moved["sent"] + rng.integers(*_ANSWER_AFTER, len(moved)))
        asked = moved.assign(type=order, sent=moved["sent"] - rng.integers(*_ORDER_AHEAD[order], len(moved)))
        parts += [asked, told]
    adjusted = frame[np.isin(event, _ADJUSTED)]
    parts.append(adjusted.assign(type="947", sent=adjusted["sent"] + rng.integers(*_ANSWER_AFTER, len(adjusted))))
    key = int(np.flatnonzero(company.site_of == site)[0])
    days = np.arange(first, profile.days)
    at = np.array([cut_off_utc(company, profile, int(day))[key] for day in days]) + _ADVICE_AFTER
    parts.append(
        pd.DataFrame({"event": -1, "number": days, "item": -1, "qty": 0, "sent": at, "day": days, "type": "846"})
    )
    return pd.concat(parts, ignore_index=True)


def _strike(
    rng: np.random.Generator, messages: pd.DataFrame, fits: pd.Series, free: np.ndarray | None = None
) -> np.ndarray:
    """Positions of a few messages that fit and are free; the more messages, the more, within bounds."""
    pool = np.flatnonzero(fits.to_numpy() & (free if free is not None else True))
    wanted = min(max(int(len(messages) * _FAULTY), _LEAST), _MOST, len(pool))
    return np.sort(rng.choice(pool, wanted, replace=False))


def _faults(messages: pd.DataFrame, profile: Profile, seed: int) -> tuple[dict[str, np.ndarray], int]:
    """Choose what is lost, doubled, corrected, rejected, of unknown goods, incomplete, and the day of slow answers."""
    rng = stream(seed, "tpl.faults")
    free = np.ones(len(messages), dtype=bool)
    free[[0, -1]] = False  # a hole at the end of a log cannot be seen
    goods = messages["type"] != "846"
    early = messages["day"] < profile.days - 2
    faults = {}
    for kind, fits in {
        "lost": goods & early, "duplicate_same_file": early, "duplicate_next_batch": early,
        "conflicting": goods & early, "rejected": goods, "unknown_item": goods, "unknown_uom": goods,
    }.items():  # fmt: skip
        faults[kind] = _strike(rng, messages, fits, free)
        free[faults[kind]] = False
    settled = messages["day"] < profile.days - profile.daily_batches - 7  # in a file too large for one row to matter
    faults["missing_field"] = _strike(rng, messages, goods & settled, free)[:1]
    free[faults["missing_field"]] = False
    busy = messages[early]["day"].value_counts()
    slow = int(rng.choice(np.sort(busy.index[busy >= busy.median()].to_numpy())))
    of_day = np.flatnonzero((messages["day"] == slow).to_numpy() & free)
    late = rng.choice(of_day, max(int(len(of_day) * _LATE_SHARE), 1), replace=False)
    return faults | {"late_ack": np.sort(late)}, slow


def _advices(company: Company, truth: Truth, profile: Profile, seed: int, site: int,
             first: int) -> tuple[pd.DataFrame, np.ndarray]:  # fmt: skip
    """Stock of the site at each day's cut-off, and the keys whose stock the last advice misstates."""
    keys = np.flatnonzero(company.site_of == site)
    last = profile.days - 1
    held = keys[truth.record[last, keys] > 2]
    wrong = np.sort(stream(seed, "tpl.misstated").choice(held, min(_LEAST, len(held)), replace=False))
    parts = []
    for day in range(first, profile.days):
        qty = truth.record[day, keys].astype("int64")
        stocked = qty != 0
        part = pd.DataFrame({"key": keys[stocked], "qty": qty[stocked], "day": day})
        part["line"] = np.arange(1, len(part) + 1)
        part["as_of"] = cut_off_utc(company, profile, day)[part["key"]]
        parts.append(part)
    advices = pd.concat(parts, ignore_index=True)
    advices["item"] = company.item_of[advices["key"]]
    advices.loc[advices["key"].isin(wrong) & (advices["day"] == last), "qty"] *= 2
    advices["sequence"] = np.arange(1, len(advices) + 1)
    return advices, wrong


def advice_ids(profile: Profile, days: np.ndarray) -> list[str]:
    """Return the ids of the advices of days."""
    return [f"ADV-{day_name(profile.first_day, day)}" for day in np.asarray(days).tolist()]
