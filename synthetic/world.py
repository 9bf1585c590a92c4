"""One run of the simulator from profile and seed to batches and truth.

Belongs here: the order of the steps. Does not belong here: files (land.py) and the command line (__main__.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from orchestration.lib.contracts import Contract
from synthetic.books import Books, build_books
from synthetic.climate import Climate, build_climate
from synthetic.company import Company, build_company
from synthetic.contracts import ServiceContracts, draw_contracts
from synthetic.costs import Costs, build_costs
from synthetic.demand import Demand, build_demand
from synthetic.emit_audits import emit_audits
from synthetic.emit_bins import emit_bins, emit_expired_lots, emit_slottings
from synthetic.emit_counts import emit_counts
from synthetic.emit_erp import emit_balances, emit_purchase_order_lines, emit_purchase_receipts
from synthetic.emit_finance import emit_finance
from synthetic.emit_forecasts import emit_forecasts
from synthetic.emit_iot import emit_iot
from synthetic.emit_masters import emit_masters
from synthetic.emit_orders import emit_orders
from synthetic.emit_picking import emit_order_stages, emit_pick_errors
from synthetic.emit_recon import add_set_apart, bend_balances
from synthetic.emit_sales import emit_invoice_lines, emit_returns
from synthetic.emit_steward import emit_steward
from synthetic.emit_supply import emit_supply
from synthetic.emit_terms import Terms, emit_terms
from synthetic.emit_tpl import emit_tpl
from synthetic.emit_twins import emit_twins
from synthetic.emit_wms import emit_bin_balances, emit_cycle_counts, emit_lots, emit_movements
from synthetic.faults import GoodsPlan, plan_dead, plan_failed, plan_goods
from synthetic.floor_faults import FloorPlan, plan_floor, told_costs
from synthetic.losses import Losses, find_losses
from synthetic.order_lines import OrderLines, build_order_lines
from synthetic.orders import OrderBook, build_order_book
from synthetic.physical import Truth, simulate
from synthetic.profiles import Profile
from synthetic.promotions import plan_promotions
from synthetic.recon_faults import ReconPlan, plan_recon
from synthetic.records import Records, record_events
from synthetic.report_faults import ReportPlan, plan_reports
from synthetic.sales import Sales, sell
from synthetic.slot_faults import SlotPlan, emit_slot_errors, plan_slots
from synthetic.supply import Sourcing, draw_sourcing
from synthetic.tables import Batch
from synthetic.tpl import TplLog, build_tpl
from synthetic.twins import Twins, plan_twins
from synthetic.write_offs import WriteOffs, build_write_offs


@dataclass(frozen=True)
class World:
    """Everything that one run knows: the company, what really happened, what was recorded, what is told wrongly."""

    profile: Profile
    seed: int
    company: Company
    costs: Costs
    demand: Demand
    goods: GoodsPlan
    truth: Truth
    records: Records
    book: OrderBook
    reports: ReportPlan
    recon: ReconPlan
    floor: FloorPlan
    sales: Sales
    sourcing: Sourcing
    contracts: ServiceContracts
    tpl: TplLog
    twins: Twins

    @cached_property
    def order_lines(self) -> OrderLines:
        """What customers ordered, served or not."""
        return build_order_lines(self)

    @cached_property
    def books(self) -> Books:
        """The true books of the divisions."""
        return build_books(self)

    @cached_property
    def write_offs(self) -> WriteOffs:
        """Every posting that took value off stock."""
        return build_write_offs(self)

    @cached_property
    def losses(self) -> Losses:
        """What went missing unheard of, and what counts say of it."""
        return find_losses(self.company, self.truth, self.goods, self.profile, self.seed)

    @cached_property
    def slots(self) -> SlotPlan:
        """Badly slotted sites and what it leads to."""
        return plan_slots(self)

    @cached_property
    def climate(self) -> Climate:
        """What the sensors read."""
        return build_climate(self)


def build_world(profile: Profile, seed: int) -> World:
    """Run the simulation. Same profile and seed: the same world, on any machine and under any hash seed."""
    company = build_company(profile, seed)
    dead = plan_dead(company, profile, seed)
    failed = plan_failed(company, profile, seed)
    demand = build_demand(company, profile, seed, dead, failed)
    demand = replace(demand, promotions=plan_promotions(company, demand.rate, profile, seed))
    goods = plan_goods(company, demand, dead, failed, profile, seed)
    truth = simulate(company, demand, goods, profile, seed)
    records = record_events(company, truth, goods, profile, seed)
    costs = build_costs(company, profile, seed)
    sales = sell(company, demand, truth, profile, seed)
    book = build_order_book(company, truth, profile)
    reports = plan_reports(company, goods, truth, records, profile, seed)
    recon = plan_recon(company, goods, truth, records, book, reports, profile, seed)
    return World(
        profile=profile,
        seed=seed,
        company=company,
        costs=costs,
        demand=demand,
        goods=goods,
        truth=truth,
        records=records,
        book=book,
        reports=reports,
        recon=recon,
        floor=plan_floor(company, goods, truth, records, reports, recon, profile, seed),
        sales=sales,
        sourcing=draw_sourcing(company, costs, seed),
        contracts=draw_contracts(company, demand, sales.customers, profile, seed),
        tpl=build_tpl(company, truth, records, profile, seed),
        twins=plan_twins(company, profile, seed),
    )


def emit(world: World, contracts: dict[tuple[str, str], Contract]) -> Iterator[Batch]:
    """Yield every landing batch of the world. `contracts` gives columns and types of the entities."""
    w, profile, seed = world, world.profile, world.seed
    wms = {entity: contracts["wms", entity] for entity in _WMS}
    erp = {entity: contracts["erp", entity] for entity in _ERP}
    yield from emit_masters(w.company, told_costs(w.costs, w.floor, profile), w.goods, profile, seed, contracts)
    promotions = w.demand.promotions
    terms = Terms(w.company, w.sourcing, w.truth.parameters, w.contracts, w.sales.customers, promotions)
    yield from emit_terms(terms, profile, contracts)
    balances = emit_balances(w.company, w.truth, w.records, w.reports, profile, erp["inventory_balances"])
    yield from bend_balances(balances, w.company, w.records, w.recon, profile)
    yield from emit_purchase_order_lines(w.company, w.records, w.book, w.costs, profile, erp["purchase_order_lines"])
    yield from emit_purchase_receipts(w.company, w.records, w.book, profile, erp["purchase_receipts"])
    yield from emit_invoice_lines(w.company, w.records, w.sales, promotions, profile, erp["sales_invoice_lines"])
    yield from emit_returns(w.company, w.records, w.sales, profile, erp["sales_returns"])
    sent = w.recon.unsent(w.reports)
    movements = emit_movements(w.company, w.records, w.book, sent, profile, seed, wms["movements"])
    yield from add_set_apart(movements, w.company, w.records, w.recon, profile, wms["movements"])
    yield from emit_bin_balances(w.company, w.truth, w.recon, w.floor, profile, seed, wms["bin_balances"])
    yield from emit_cycle_counts(w.company, w.truth, w.records, w.losses.told, profile, wms["cycle_counts"])
    yield from emit_lots(w.company, w.records, profile, wms["lots"])
    yield from emit_tpl(w.company, w.tpl, w.records, profile, seed, contracts)
    yield from emit_orders(w, contracts)
    yield from emit_supply(w, contracts)
    yield from emit_forecasts(w, contracts)
    yield from emit_finance(w, contracts)
    yield from emit_iot(w, contracts)
    yield from emit_audits(w, contracts)
    yield from emit_steward(w, contracts)
    yield from emit_expired_lots(w.company, w.floor, profile, wms["lots"])
    yield from emit_bins(w.company, w.truth, w.floor, w.slots, profile, seed, wms["bins"])
    yield from emit_slottings(w.company, profile, seed, wms["slottings"])
    yield from emit_order_stages(w.company, w.sales, w.floor, profile, seed, wms["order_stages"])
    yield from emit_pick_errors(w.company, w.sales, w.floor, profile, seed, wms["pick_errors"])
    yield from emit_slot_errors(w, wms["pick_errors"])
    yield from emit_twins(w.company, w.twins, profile, contracts)
    yield from emit_counts(w.company, w.truth, w.records, profile, seed, contracts)


_WMS = ("movements", "cycle_counts", "lots", "bins", "slottings", "bin_balances", "order_stages", "pick_errors")
_ERP = ("inventory_balances", "purchase_order_lines", "purchase_receipts", "sales_invoice_lines", "sales_returns")
