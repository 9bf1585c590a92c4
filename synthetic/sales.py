"""What was invoiced and credited: the customer, price and discount of every issue and of every return.

Belongs here: customers, prices, invoice and return lines of the whole run. Does not belong here: flows of goods
(physical.py), service contracts and the layout of the ERP's entities (emit_sales.py, emit_terms.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.clock import DAY, local_midnight, stream
from synthetic.company import Company
from synthetic.demand import Demand
from synthetic.ledger import Event
from synthetic.physical import RETURNS_AT, Truth
from synthetic.profiles import Profile
from synthetic.records import site_utc

POINTS = 10_000  # basis points in one
_DISCOUNTS = (0, 200, 500, 800, 1000, 1200)  # hundredths of a per cent that a customer has off every price
_DISCOUNT_SHARES = (0.2, 0.2, 0.25, 0.15, 0.12, 0.08)
_YEARLY_RISE_BP = 250  # by which list prices rose at the turn of each year
_INVOICED_AT = 22 * 3600 + 1800
_LAG_SHARES = (0.7, 0.15, 0.1, 0.05)  # invoiced on the day itself, one, two, three days later
_NOT_RESTOCKED = 0.006  # lines of which a part comes back unfit for stock; no goods are posted


@dataclass(frozen=True)
class Customers:
    """Customers of all divisions, a division after the other."""

    division: np.ndarray
    code: list[str]
    discount_bp: np.ndarray
    weight: np.ndarray  # of the orders of the division


@dataclass(frozen=True)
class Sales:
    """Invoice lines in order of shipping and return lines in order of time; quantities base units, times UTC seconds.

    Amounts are millionths of the division's currency, so that they are exact.
    """

    customers: Customers
    key: np.ndarray
    order: np.ndarray
    customer: np.ndarray
    qty: np.ndarray
    net: np.ndarray
    discount: np.ndarray
    promotion: np.ndarray  # -1 where none
    shipped: np.ndarray
    invoiced_day: np.ndarray
    invoiced: np.ndarray
    invoice: np.ndarray  # number within the division, from 1
    line: np.ndarray
    return_line: np.ndarray  # place of the invoice line; shape (returns,), as all below
    return_qty: np.ndarray
    return_credit: np.ndarray
    return_at: np.ndarray
    return_day: np.ndarray
    return_restocked: np.ndarray
    return_reason: np.ndarray

    def customers_of(self, division: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Draw a customer of each row's division by the weights of the customers."""
        customer = np.empty(len(division), dtype="int64")
        for number in np.unique(division):
            own, pool = division == number, np.flatnonzero(self.customers.division == number)
            steps = np.cumsum(self.customers.weight[pool])
            customer[own] = pool[np.minimum(np.searchsorted(steps, rng.random(own.sum())), len(pool) - 1)]
        return customer


REASONS = ("remorse", "wrong_item", "not_needed", "damaged", "defective")


def draw_customers(company: Company, profile: Profile, seed: int) -> Customers:
    """Draw the customers: a few big ones, many small ones, bigger ones with a better price."""
    rng = stream(seed, "customers")
    n = profile.customers_per_division
    weight, discount = [], []
    for _ in company.divisions:
        share = np.sort(rng.pareto(1.3, n) + 0.15)[::-1]
        weight.append(share / share.sum())
        bonus = np.sort(rng.choice(_DISCOUNTS, n, p=_DISCOUNT_SHARES))[::-1]
        mixed = rng.random(n) < 0.3
        bonus[mixed] = rng.permutation(bonus[mixed])
        discount.append(bonus)
    return Customers(
        division=np.repeat(np.arange(len(company.divisions)), n),
        code=[f"C{d.code[0].upper()}{10_001 + 7 * place}" for d in company.divisions for place in range(n)],
        discount_bp=np.concatenate(discount),
        weight=np.concatenate(weight),
    )


def price_cents(company: Company, item: np.ndarray, day: np.ndarray, profile: Profile) -> np.ndarray:
    """Return the list price of items on days in hundredths: the last one, less the rises since."""
    now = np.rint(company.items["list_price"].to_numpy() * 100).astype("int64")[item]
    years = profile.last_day.year - (np.datetime64(profile.first_day) + day).astype("datetime64[Y]").astype(int) - 1970
    return now - now * np.maximum(years, 0) * _YEARLY_RISE_BP // POINTS


def sell(company: Company, demand: Demand, truth: Truth, profile: Profile, seed: int) -> Sales:
    """Invoice every issue of goods and credit every return."""
    rng = stream(seed, "sales")
    customers = draw_customers(company, profile, seed)
    ledger, midnight = truth.ledger, local_midnight(profile.first_day, 0)
    issue = np.flatnonzero(ledger.event == int(Event.ISSUE))
    key, order = ledger.key[issue], ledger.reference[issue]
    day = (ledger.second[issue] - midnight) // DAY
    item = company.item_of[key]
    division = company.division_of_site[company.site_of[key]]
    customer = np.empty(len(issue), dtype="int64")
    for number in range(len(company.divisions)):
        own, pool = division == number, np.flatnonzero(customers.division == number)
        steps = np.cumsum(customers.weight[pool])
        customer[own] = pool[np.minimum(np.searchsorted(steps, rng.random(own.sum())), len(pool) - 1)]
    qty = -ledger.qty[issue]
    promotion = demand.promotions.running(key, day, profile.days) if demand.promotions else np.full(len(key), -1)
    off = customers.discount_bp[customer]
    if demand.promotions:
        off = off + np.where(promotion >= 0, demand.promotions.discount_bp[np.maximum(promotion, 0)], 0)
    gross = price_cents(company, item, day, profile) * qty * POINTS  # millionths
    discount = gross // POINTS * off
    invoiced_day, invoice, line = _number(company, key, customer, day, division, rng)
    invoiced = site_utc(company, key, midnight + invoiced_day * DAY + _INVOICED_AT)
    place = np.full(truth.ordered_lines, -1)
    place[order] = np.arange(len(issue))
    back = np.flatnonzero(ledger.event == int(Event.CUSTOMER_RETURN))
    unfit = np.flatnonzero((rng.random(len(issue)) < _NOT_RESTOCKED) & (day < profile.days - 20))
    later = midnight + (day[unfit] + rng.integers(5, 15, len(unfit))) * DAY
    later = later + RETURNS_AT + rng.integers(0, 840, len(unfit))
    source = np.r_[place[ledger.reference[back]], unfit]
    seconds = np.r_[ledger.second[back], later]
    returned = np.r_[ledger.qty[back], np.maximum(qty[unfit] // 2, 1)]
    restocked = np.arange(len(source)) < len(back)
    reason = np.where(restocked, rng.integers(0, 3, len(source)), rng.integers(3, len(REASONS), len(source)))
    order_of_time = np.lexsort((source, seconds))
    source, seconds, returned = source[order_of_time], seconds[order_of_time], returned[order_of_time]
    net = gross - discount
    return Sales(
        customers=customers,
        key=key,
        order=order,
        customer=customer,
        qty=qty,
        net=net,
        discount=discount,
        promotion=promotion,
        shipped=site_utc(company, key, ledger.second[issue]),
        invoiced_day=invoiced_day,
        invoiced=invoiced,
        invoice=invoice,
        line=line,
        return_line=source,
        return_qty=returned,
        return_credit=net[source] // qty[source] * returned,
        return_at=site_utc(company, key[source], seconds),
        return_day=(seconds - midnight) // DAY,
        return_restocked=restocked[order_of_time],
        return_reason=reason[order_of_time],
    )


def _number(company: Company, key: np.ndarray, customer: np.ndarray, day: np.ndarray, division: np.ndarray,
            rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Return the invoicing day, the invoice and the line of every issue: one invoice a customer, site and day."""
    sites, people = len(company.sites), int(customer.max(initial=0)) + 1
    group = (day * sites + company.site_of[key]) * people + customer
    order = np.argsort(group, kind="stable")
    new = np.r_[True, group[order][1:] != group[order][:-1]] if len(order) else np.zeros(0, bool)
    serial = np.cumsum(new) - 1
    first = np.flatnonzero(new)
    lag = rng.choice(len(_LAG_SHARES), len(first), p=_LAG_SHARES)
    owner = division[order][first]
    running = np.zeros(len(first), dtype="int64")
    for number in range(len(company.divisions)):
        running[owner == number] = np.arange(1, (owner == number).sum() + 1)
    invoiced, invoice, line = (np.empty(len(order), dtype="int64") for _ in range(3))
    invoiced[order] = day[order] + lag[serial]
    invoice[order] = running[serial]
    line[order] = np.arange(len(order)) - first[serial] + 1
    return invoiced, invoice, line
