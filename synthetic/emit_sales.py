"""The sales side of every division's ERP as it reports: invoice lines and returned lines, month by month.

Belongs here: the layout of the two entities. Does not belong here: prices, customers and numbers (sales.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from orchestration.lib.contracts import Contract
from synthetic.clock import utc_datetime
from synthetic.company import Company
from synthetic.emit_erp import night
from synthetic.emit_terms import promotion_codes
from synthetic.profiles import Profile
from synthetic.promotions import Promotions
from synthetic.records import Records
from synthetic.sales import REASONS, Sales
from synthetic.tables import Batch, conform, day_name, decimals, instants, numbered, pick, quantities


def emit_invoice_lines(company: Company, records: Records, sales: Sales, promotions: Promotions, profile: Profile,
                       contract: Contract) -> Iterator[Batch]:  # fmt: skip
    """Yield the lines that each division invoiced, by month of the invoice; what is invoiced later is not known yet."""
    division_of = company.division_of_site[company.site_of[sales.key]]
    month = np.searchsorted(records.calendar.month_ends, sales.invoiced_day)
    codes = [*promotion_codes(company, promotions), None]
    for number, division in enumerate(company.divisions):
        own = np.flatnonzero(division_of == number)
        own = own[np.lexsort((sales.line[own], sales.invoice[own], sales.invoiced[own]))]
        cuts = np.searchsorted(month[own], np.arange(len(records.calendar.month_ends) + 1))
        for period, end in enumerate(records.calendar.month_ends):
            row = own[cuts[period] : cuts[period + 1]]
            item = company.item_of[sales.key[row]]
            table = conform(
                {
                    "invoice_number": numbered(_prefix("IV", division.code), sales.invoice[row], 7),
                    "line_number": numbered("", sales.line[row], 1),
                    "order_number": numbered("SO-", sales.order[row], 7),
                    "order_line_number": pick(["1"], np.zeros(len(row), dtype="int64")),
                    "customer_code": pick(sales.customers.code, sales.customer[row]),
                    "item_code": pick(company.items["item_code"], item),
                    "location_code": pick([site.code for site in company.sites], company.site_of[sales.key[row]]),
                    "shipped_qty": quantities(sales.qty[row]),
                    "uom": pick(company.items["base_uom"], item),
                    "net_amount": decimals(sales.net[row], 18, 6),
                    "discount_amount": decimals(sales.discount[row], 18, 6),
                    "promotion_code": pick(codes, sales.promotion[row] % len(codes)),
                    "currency": pick([division.currency], np.zeros(len(row), dtype="int64")),
                    "shipped_at": instants(sales.shipped[row]),
                    "invoiced_at": instants(sales.invoiced[row]),
                },
                contract,
            )
            at = utc_datetime(night(company, profile, number, int(end)))
            yield Batch("erp", division.code, "sales_invoice_lines", day_name(profile.first_day, end), table, at)


def emit_returns(company: Company, records: Records, sales: Sales, profile: Profile, contract: Contract
                 ) -> Iterator[Batch]:  # fmt: skip
    """Yield the lines that each division took back and credited, month by month."""
    key = sales.key[sales.return_line]
    division_of = company.division_of_site[company.site_of[key]]
    month = np.searchsorted(records.calendar.month_ends, sales.return_day)
    for number, division in enumerate(company.divisions):
        own = np.flatnonzero(division_of == number)
        cuts = np.searchsorted(month[own], np.arange(len(records.calendar.month_ends) + 1))
        for period, end in enumerate(records.calendar.month_ends):
            serial = np.arange(cuts[period], cuts[period + 1])
            row = own[serial]
            line, item = sales.return_line[row], company.item_of[key[row]]
            table = conform(
                {
                    "return_number": numbered(_prefix("RT", division.code), serial + 1, 7),
                    "line_number": pick(["1"], np.zeros(len(row), dtype="int64")),
                    "invoice_number": numbered(_prefix("IV", division.code), sales.invoice[line], 7),
                    "invoice_line_number": numbered("", sales.line[line], 1),
                    "customer_code": pick(sales.customers.code, sales.customer[line]),
                    "item_code": pick(company.items["item_code"], item),
                    "location_code": pick([site.code for site in company.sites], company.site_of[key[row]]),
                    "returned_qty": quantities(sales.return_qty[row]),
                    "uom": pick(company.items["base_uom"], item),
                    "credit_amount": decimals(sales.return_credit[row], 18, 6),
                    "currency": pick([division.currency], np.zeros(len(row), dtype="int64")),
                    "is_restocked": pa.array(sales.return_restocked[row]),
                    "reason": pick(list(REASONS), sales.return_reason[row]),
                    "returned_at": instants(sales.return_at[row]),
                },
                contract,
            )
            at = utc_datetime(night(company, profile, number, int(end)))
            yield Batch("erp", division.code, "sales_returns", day_name(profile.first_day, end), table, at)


def _prefix(kind: str, division: str) -> str:
    return f"{kind}{division[0].upper()}"
