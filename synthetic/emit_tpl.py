"""The provider's log as landing batches: item map, stock advices and messages, with the planted faults.

Belongs here: the layout of the tpl entities, which delivery lands when, and the bending of rows. Does not belong here:
the log itself and the choice of faults (tpl.py), the API that serves it (tpl_server.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from orchestration.lib.contracts import Contract
from synthetic.clock import local_midnight, stream, to_utc, utc_datetime
from synthetic.company import Company
from synthetic.emit_wms import CASE
from synthetic.profiles import Profile
from synthetic.records import Records
from synthetic.tables import NOT_YET, QTY_SCALE, Batch, conform, day_name, decimals, instants, numbered, pick
from synthetic.tpl import (  # fmt: skip
    CARTON,
    FROM_PROVIDER,
    LOG_DAYS,
    TO_PROVIDER,
    UNIT,
    UNKNOWN_ITEM,
    UNKNOWN_UOM,
    TplLog,
    advice_ids,
    provider_codes,
)

_EXTRACT_DELAY = 20 * 60
_PREFIX = {"940": "OUT-", "945": "OUT-", "943": "IN-", "944": "IN-", "947": "ADJ-"}


def extractions(company: Company, log: TplLog, records: Records, profile: Profile) -> tuple[np.ndarray, np.ndarray]:
    """Return the last day and the UTC second of each batch of the log."""
    first = max(profile.days - LOG_DAYS, 0)
    ends = records.calendar.period_ends
    ends = ends[ends >= first]
    zone = company.sites[log.site].time_zone
    return ends, to_utc(
        np.array([local_midnight(profile.first_day, int(day) + 1) for day in ends]), zone
    ) + _EXTRACT_DELAY


def deliveries(log: TplLog, made: np.ndarray) -> pd.DataFrame:
    """Return one row per delivery: message position, batch, version, told qty and whether it is acknowledged yet."""
    messages, faults = log.messages, log.faults
    position = np.setdiff1d(np.arange(len(messages)), faults["lost"])
    sent, acknowledged = messages["sent"].to_numpy(), messages["acknowledged"].to_numpy()
    base = pd.DataFrame({"message": position, "batch": np.searchsorted(made, sent[position])})
    base["version"], base["told"] = 1, messages["told"].to_numpy()[position]
    wrong = base["message"].isin(faults["conflicting"])
    base.loc[wrong, "told"] = base.loc[wrong, "told"] * 2 + 1
    base["is_acknowledged"] = acknowledged[position] <= made[base["batch"]]
    later = base[~base["is_acknowledged"] & ~wrong & (acknowledged[position] <= made[-1])].copy()
    later["batch"] = np.searchsorted(made, acknowledged[later["message"]])
    later["is_acknowledged"] = True
    again = base[base["message"].isin(faults["duplicate_next_batch"])]
    corrected = base[wrong].assign(version=2, is_acknowledged=True)
    corrected["told"] = messages["told"].to_numpy()[corrected["message"]]
    parts = [base, later, base[base["message"].isin(faults["duplicate_same_file"])]]
    parts += [part.assign(batch=part["batch"] + 1) for part in (again, corrected)]
    return pd.concat(parts, ignore_index=True).sort_values(["batch", "message", "version"], kind="stable")


def message_table(company: Company, log: TplLog, profile: Profile, told: pd.DataFrame, made: np.ndarray,
                  contract: Contract) -> pa.Table:  # fmt: skip
    """Lay out deliveries as the contract wants them."""
    chosen, faults = told["message"].to_numpy(), log.faults
    rows = log.messages.iloc[chosen]
    kinds = rows["type"].to_numpy()
    item, is_advice = rows["item"].to_numpy(), kinds == "846"
    code = provider_codes(np.maximum(item, 0))
    for place, message in enumerate(faults["unknown_item"].tolist()):
        code[chosen == message] = UNKNOWN_ITEM.format(place + 1)
    uom = np.where(rows["in_cartons"], CARTON, UNIT).astype(object)
    uom[np.isin(chosen, faults["unknown_uom"])] = UNKNOWN_UOM
    numbers = zip(kinds, rows["number"], strict=True)
    reference = np.array([f"{_PREFIX.get(kind, '')}{number:08d}" for kind, number in numbers], dtype=object)
    reference[is_advice] = advice_ids(profile, rows["number"].to_numpy()[is_advice])
    known = told["is_acknowledged"].to_numpy()
    acknowledged = np.where(known, rows["acknowledged"], NOT_YET)
    updated = np.where(known, rows["acknowledged"], rows["received"])
    updated = np.where(told["version"] > 1, made[told["batch"]] - 3_600, updated)
    status = np.where(known, rows["status"], "sent")
    to_provider = np.isin(kinds, ("940", "943"))
    qty = told["told"].to_numpy() * QTY_SCALE
    return conform(
        {
            "message_id": numbered(f"{log.provider}-".upper(), rows["sequence"].to_numpy(), 8),
            "sequence_no": pa.array(rows["sequence"].to_numpy()),
            "source_version": pa.array(
                told["version"].to_numpy().astype("int32"), mask=told["version"].to_numpy() == 1
            ),
            "message_type": list(kinds),
            "direction": pick([FROM_PROVIDER, TO_PROVIDER], to_provider.astype("int64")),
            "reference": pa.array(reference, pa.string(), mask=np.isin(chosen, faults["missing_field"])),
            "site": [company.sites[log.site].code] * len(rows),
            "item_code": pa.array(code, pa.string(), mask=is_advice),
            "qty": decimals(qty, missing=is_advice),
            "uom": pa.array(uom, pa.string(), mask=is_advice),
            "sent_at": instants(rows["sent"].to_numpy()),
            "received_at": instants(rows["received"].to_numpy()),
            "acknowledged_at": instants(acknowledged),
            "status": list(status),
            "reject_reason": pick([None, "quantity exceeds order"], (status == "rejected").astype("int64")),
            "updated_at": instants(updated),
        },
        contract,
    )


def advice_table(company: Company, log: TplLog, profile: Profile, rows: pd.DataFrame, contract: Contract) -> pa.Table:
    """Lay out lines of stock advices."""
    return conform(
        {
            "advice_id": advice_ids(profile, rows["day"].to_numpy()),
            "line_no": pa.array(rows["line"].to_numpy().astype("int32")),
            "sequence_no": pa.array(rows["sequence"].to_numpy()),
            "site": [company.sites[log.site].code] * len(rows),
            "item_code": list(provider_codes(rows["item"].to_numpy())),
            "qty": decimals(rows["qty"].to_numpy() * QTY_SCALE),
            "uom": [UNIT] * len(rows),
            "as_of": instants(rows["as_of"].to_numpy()),
        },
        contract,
    )


def item_map_table(company: Company, log: TplLog, contract: Contract) -> pa.Table:
    """Lay out the item map: each item by the unit, those with a pack by the carton too."""
    frame = company.items.iloc[log.items]
    division = company.divisions[int(company.division_of_site[log.site])].code
    parts = []
    for unit, own in ((UNIT, None), (CARTON, CASE)):
        part = frame if own is None else frame[frame["pack"] > 1]
        parts.append(
            pd.DataFrame(
                {
                    "provider_item_code": provider_codes(part.index.to_numpy()),
                    "provider_uom": unit,
                    "item_code": part["item_code"].to_numpy(),
                    "uom": part["base_uom"].to_numpy() if own is None else own,
                }
            )
        )
    rows = pd.concat(parts, ignore_index=True)
    columns = {name: list(rows[name]) for name in rows}
    return conform(columns | {"division_code": [division] * len(rows)}, contract)


def emit_tpl(company: Company, log: TplLog, records: Records, profile: Profile, seed: int,
             contracts: dict[tuple[str, str], Contract]) -> Iterator[Batch]:  # fmt: skip
    """Yield the item map, then advices and messages by the batches of the site."""
    ends, made = extractions(company, log, records, profile)
    told = deliveries(log, made)
    rng = stream(seed, "tpl.order")
    of_advice = np.searchsorted(made, log.advices["as_of"].to_numpy())
    last = day_name(profile.first_day, ends[-1])
    item_map = item_map_table(company, log, contracts["tpl", "item_map"])
    yield Batch("tpl", log.provider, "item_map", last, item_map, utc_datetime(int(made[-1])))
    for place, end in enumerate(ends):
        name, at = day_name(profile.first_day, end), utc_datetime(int(made[place]))
        lines = log.advices[of_advice == place]
        advices = advice_table(company, log, profile, lines, contracts["tpl", "stock_advices"])
        yield Batch("tpl", log.provider, "stock_advices", name, advices, at)
        part = told[told["batch"] == place]
        if place == log.shuffled_batch % len(ends):
            part = part.iloc[rng.permutation(len(part))]
        messages = message_table(company, log, profile, part, made, contracts["tpl", "shipment_messages"])
        yield Batch("tpl", log.provider, "shipment_messages", name, messages, at)
