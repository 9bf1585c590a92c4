"""Pictures of the synthetic company: `python -m synthetic.plots [--profile demo] [--seed N] [--folder FOLDER]`.

Belongs here: drawing the figures of figures.py, so that a reader can judge whether the company looks like one. Does not
belong here: computing them, and anything that the warehouse or a page of it needs. matplotlib is a tool of development.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FuncFormatter, PercentFormatter

from synthetic.demand import CLASSES
from synthetic.figures import ageing, by_month, day_of, deliveries, headline, month_of_day, usage_by_sku
from synthetic.ledger import Event
from synthetic.profiles import PROFILES
from synthetic.world import World, build_world

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images" / "company"
_WEEK = 7
_INK, _ACCENT, _SOFT, _WARN = "#1f3a5f", "#c8553d", "#8fa9c4", "#d9a441"


def _axes(title: str, rows: int = 1, height: float = 3.4) -> tuple[plt.Figure, np.ndarray]:
    figure, axes = plt.subplots(rows, 1, figsize=(9.0, height * rows), squeeze=False, layout="constrained")
    figure.suptitle(title, x=0.01, ha="left", fontsize=12, color=_INK)
    for axis in axes[:, 0]:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(axis="y", color="#e6e6e6", linewidth=0.7)
        axis.set_axisbelow(True)
    return figure, axes[:, 0]


def _days(world: World, days: np.ndarray) -> np.ndarray:
    return np.datetime64(world.profile.first_day) + days


def demand_by_class(world: World) -> plt.Figure:
    """Draw the units asked for each week by demand class, and what one promoted item sold a week."""
    ledger, missed, weeks = world.truth.ledger, world.truth.unserved, world.profile.days // _WEEK
    sold = np.flatnonzero(ledger.event == int(Event.ISSUE))
    key = np.r_[ledger.key[sold], missed["key"]]
    day = np.r_[day_of(world, ledger.second[sold]), missed["day"]]
    week = day // _WEEK
    asked = np.r_[-ledger.qty[sold], missed["qty"]]
    whole = week < weeks
    figure, (first, third, second) = _axes("Demand by class, by category, and of one promoted item", rows=3, height=2.8)
    axis_days = _days(world, np.arange(weeks) * _WEEK)
    for number, (name, colour) in enumerate(zip(CLASSES, (_INK, _ACCENT, _SOFT, _WARN), strict=True)):
        own = whole & (world.demand.kind[key] == number)
        series = np.bincount(week[own], asked[own], weeks)
        first.plot(axis_days, series / series.mean() * 100, color=colour, linewidth=1.4, label=name)
    first.set_ylabel("units a week, mean = 100")
    first.legend(frameon=False, ncols=4)
    category = np.array(world.company.items["category"].str.strip().str.title())[world.company.item_of][key]
    month = month_of_day(world)[day]
    for name, colour in (("Power Tools", _INK), ("Plumbing", _SOFT), ("Safety", _ACCENT)):
        own = category == name
        series = np.bincount(month[own], asked[own]) / np.bincount(month_of_day(world))
        third.plot(np.datetime64(world.profile.first_day, "M") + np.arange(len(series)), series / series.mean() * 100,
                   color=colour, linewidth=1.4, label=name)  # fmt: skip
    third.set_ylabel("units a day by month")
    third.set_ylim(50, 170)
    third.legend(frameon=False, ncols=3)
    promotions = world.demand.promotions
    best = int(np.argmax(np.bincount(world.company.item_of[key], asked, len(world.company.items))
                         * np.isin(np.arange(len(world.company.items)), promotions.item)))  # fmt: skip
    own = whole & (world.company.item_of[key] == best)
    second.bar(axis_days, np.bincount(week[own], asked[own], weeks), width=6, align="edge", color=_SOFT)
    for row in np.flatnonzero((promotions.item == best) & ~promotions.is_cancelled):
        begin, end = _days(world, np.array([promotions.start_day[row], promotions.end_day[row] + 1]))
        second.axvspan(begin, end, color=_ACCENT, alpha=0.35, linewidth=0)
    second.set_ylabel("units a week")
    code = world.company.items["item_code"].iloc[best]
    second.set_title(f"item {code}: promotions in red, a dip after each", fontsize=10, loc="left")
    return figure


def service_by_month(world: World) -> plt.Figure:
    """Draw in-stock share, line fill and unit fill by month."""
    months = by_month(world)
    figure, (axis,) = _axes("Service: SKU-location days with stock, lines and units served from stock")
    at = _month_axis(world, months)
    for name, colour in (("in_stock", _INK), ("line_fill", _ACCENT), ("unit_fill", _WARN)):
        axis.plot(at, months[f"{name}_ratio"], color=colour, marker="o", markersize=3, label=name.replace("_", " "))
    axis.set_ylim(0.90, 1.0)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axis.legend(frameon=False, ncols=3, loc="lower left")
    return figure


def _month_axis(world: World, months: dict[str, np.ndarray]) -> np.ndarray:
    return np.datetime64(world.profile.first_day, "M") + np.arange(len(months["days"]))


def stock_and_turns(world: World) -> plt.Figure:
    """Draw stock value, cost of sales and turns over the last twelve months, by month."""
    months = by_month(world)
    at = _month_axis(world, months)
    figure, (first, second) = _axes("Stock and turns", rows=2, height=2.8)
    first.fill_between(at, months["stock_amount"] / 1e6, color=_SOFT, alpha=0.6, label="mean stock at cost")
    first.plot(at, months["cogs_amount"] / 1e6, color=_INK, label="cost of sales of the month")
    first.set_ylim(0)
    first.set_ylabel("million USD")
    first.legend(frameon=False, ncols=2, loc="lower left")
    n = len(at)
    turns = [months["cogs_amount"][i - 11 : i + 1].sum() / months["stock_amount"][i - 11 : i + 1].mean()
             for i in range(11, n)]  # fmt: skip
    second.plot(at[11:], turns, color=_ACCENT, marker="o", markersize=3)
    second.set_xlim(first.get_xlim())
    second.set_ylim(0, 12)
    second.axhspan(4, 8, color=_SOFT, alpha=0.25, linewidth=0)
    second.set_ylabel("turns of twelve months")
    return figure


def stock_ageing(world: World) -> plt.Figure:
    """Draw the value of the last day's stock by days since it came in, first in first out."""
    values = ageing(world)
    figure, (axis,) = _axes("Ageing of the stock of the last day, first in first out")
    names = ("0-30", "31-60", "61-90", "91-180", "181-365", "over 365")
    bars = axis.bar(names, values / values.sum(), color=[_INK, _INK, _INK, _SOFT, _WARN, _ACCENT])
    axis.bar_label(bars, labels=[f"{value:.0%}" for value in values / values.sum()], fontsize=9)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axis.set_xlabel("days since receipt")
    axis.set_ylabel("share of value")
    return figure


def lead_times(world: World) -> plt.Figure:
    """Draw the days from order to last receipt of every supplier beside what it promises."""
    supply, about = deliveries(world), world.company.suppliers
    figure, (axis,) = _axes("Lead time of every supplier: box half, whiskers nine tenths of its lines", height=4.2)
    order = np.argsort(about["lead_mean"].to_numpy(), kind="stable")
    groups = [supply["lead_days"][supply["supplier"] == number] for number in order]
    drifting = world.goods.drift_share[order] > 0
    boxes = axis.boxplot(groups, whis=(5, 95), showfliers=False, patch_artist=True, widths=0.7,
                         medianprops={"color": "white"})  # fmt: skip
    for box, moved in zip(boxes["boxes"], drifting, strict=True):
        box.set(facecolor=_ACCENT if moved else _INK, edgecolor="none")
    axis.plot(np.arange(len(order)) + 1, about["planned_days"].to_numpy()[order], "_", color=_WARN, markersize=8,
              label="promised")  # fmt: skip
    axis.plot([], [], "s", color=_ACCENT, label="drifting (planted)")
    axis.set_xticks([])
    axis.set_ylabel("days")
    axis.set_xlabel("suppliers, the quick ones first")
    axis.legend(frameon=False, loc="upper left")
    return figure


def pareto(world: World) -> plt.Figure:
    """Draw the share of the year's usage value over the share of the SKUs."""
    usage = usage_by_sku(world)
    share = np.cumsum(usage) / usage.sum()
    part = np.arange(1, len(usage) + 1) / len(usage)
    figure, (axis,) = _axes("Pareto of the last year's usage value")
    axis.fill_between(part, share, color=_SOFT, alpha=0.5, linewidth=0)
    axis.plot(part, share, color=_INK)
    for bound, name in ((0.8, "A"), (0.95, "B")):
        place = int(np.searchsorted(share, bound))
        axis.plot([part[place]] * 2, [0, share[place]], color=_ACCENT, linewidth=1)
        axis.annotate(f"{name}: {part[place]:.0%} of SKUs give {bound:.0%}", (part[place], share[place] / 2),
                      xytext=(6, 0), textcoords="offset points", fontsize=9)  # fmt: skip
    for axis_part in (axis.xaxis, axis.yaxis):
        axis_part.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axis.set_xlim(0, 1)
    axis.set_ylim(0, 1)
    axis.set_xlabel("SKUs, the biggest first")
    axis.set_ylabel("usage value")
    return figure


def life_cycles(world: World) -> plt.Figure:
    """Draw the value of stock by the life of its items, launches that fail apart."""
    company, record = world.company, world.truth.record
    cost = world.costs.current()[company.item_of]
    life, failed = company.of_key("life"), np.isin(company.item_of, world.goods.failed)
    month = month_of_day(world)
    ends = np.r_[np.flatnonzero(np.diff(month)), world.profile.days - 1]
    figure, (axis,) = _axes("Stock of items that begin, end or fail")
    at = np.datetime64(world.profile.first_day, "M") + np.arange(len(ends))
    groups = {"dying or gone": life == "dying", "new": (life == "new") & ~failed, "failed launches": failed}
    stack = [np.maximum(record[ends][:, own], 0) @ cost[own] / 1e3 for own in groups.values()]
    axis.stackplot(at, *stack, labels=list(groups), colors=[_SOFT, _WARN, _ACCENT])
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axis.set_ylabel("thousand USD at month end")
    axis.legend(frameon=False, loc="upper left")
    return figure


PICTURES = (demand_by_class, service_by_month, stock_and_turns, stock_ageing, lead_times, pareto, life_cycles)


def draw(world: World, folder: Path) -> list[Path]:
    """Write every picture as PNG into `folder` and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for picture in PICTURES:
        figure = picture(world)
        files.append(folder / f"{picture.__name__}.png")
        figure.savefig(files[-1], dpi=110, metadata={"Software": None})
        plt.close(figure)
    return files


def main() -> None:
    """Build the world, draw it and print its figures."""
    parser = argparse.ArgumentParser(prog="python -m synthetic.plots", description="Draw a synthetic company.")
    parser.add_argument("--profile", choices=sorted(PROFILES), default="demo")
    parser.add_argument("--seed", type=int, default=20260630)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    world = build_world(PROFILES[options.profile], options.seed)
    for file in draw(world, options.folder):
        print(file)
    for name, value in headline(world).items():
        print(f"{name:<28} {value}")


if __name__ == "__main__":
    main()
