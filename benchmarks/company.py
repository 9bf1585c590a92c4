"""How large a company is measured, and when things happen in it: numbers only.

Here: the numbers, the calendar and the folders of one benchmark. Not here: the rows (generate.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from orchestration.lib.paths import Home

TIME_ZONES = ("Europe/Berlin", "America/Chicago", "Asia/Singapore", "UTC")
LAST_DAY = date(2026, 6, 20)
"""In the middle of a month, so that neither the new day nor the late one stands at the end of a period."""
RESTATED_DAYS_BACK = 3
DAILY_FILES = 5
MOVEMENTS_PER_STOCK = 5_000
BYTES_PER_MOVEMENT = {"accepted": 35, "build": 125, "spill": 40}
"""Disk that one movement takes while ours or the hand script is built: rounded up from a run of 100 M movements, where
it was 28 accepted and 109 built, and nothing was spilled at 2.5 GB of memory."""


@dataclass(frozen=True)
class Period:
    """What one Parquet file of a site covers: the first day of recording, how many days, and the tag of its events.

    late_days: the events happened that many days before they were recorded (0: as they come).
    """

    tag: str
    first_day: date
    days: int
    late_days: int = 0


@dataclass(frozen=True)
class Company:
    """The numbers of one company. `stocks` are SKU-locations; one site in four lies in each time zone."""

    movements: int
    stocks: int
    sites: int = 8
    days: int = 1826
    seed: int = 20260630

    @classmethod
    def of(
        cls, movements: int, stocks: int | None = None, days: int = 1826, sites: int = 8, seed: int = 20260630
    ) -> Company:
        """A company of that many movements; SKU-locations follow at 5,000 movements each unless given."""
        return cls(movements, max(sites, stocks or movements // MOVEMENTS_PER_STOCK), sites, days, seed)

    @property
    def stocks_per_site(self) -> int:
        """SKUs that each site keeps."""
        return max(1, self.stocks // self.sites)

    @property
    def items(self) -> int:
        """Items in the master of each division: a quarter more than a site keeps."""
        return self.stocks_per_site * 5 // 4 + 1

    @property
    def first_day(self) -> date:
        """First day with movements."""
        return LAST_DAY - timedelta(days=self.days - 1)

    @property
    def site_codes(self) -> list[str]:
        """Codes of the sites, which are also the WMS instances."""
        return [f"S{number:02d}" for number in range(self.sites)]

    def per_site(self, period: Period) -> int:
        """Movements of one site in a period, the opening balances apart."""
        return max(1, self.movements * period.days // (self.days * self.sites))

    def periods(self) -> list[Period]:
        """One per month, and one per day for the last days: what is there before the increment."""
        periods, day, daily_from = [], self.first_day, LAST_DAY - timedelta(days=DAILY_FILES - 1)
        while day < daily_from:
            following = min((day.replace(day=1) + timedelta(days=32)).replace(day=1), daily_from)
            periods.append(Period(f"{day:%Y%m%d}", day, (following - day).days))
            day = following
        return periods + [
            Period(f"{each:%Y%m%d}", each, 1) for each in (daily_from + timedelta(days=n) for n in range(DAILY_FILES))
        ]

    @property
    def new_day(self) -> Period:
        """The day that the increment brings."""
        day = LAST_DAY + timedelta(days=1)
        return Period(f"{day:%Y%m%d}", day, 1)

    @property
    def late_day(self) -> Period:
        """What the restatement brings: a site that was offline sends a day of a few days back."""
        day = LAST_DAY + timedelta(days=2)
        return Period(f"{day:%Y%m%d}", day, 1, RESTATED_DAYS_BACK)

    def disk_bytes(self) -> int:
        """Disk that a run of ours and the hand script needs at its height: one of the two databases at a time."""
        return self.movements * sum(BYTES_PER_MOVEMENT.values())


@dataclass(frozen=True)
class Bench:
    """Folders of one benchmark: the home that holds the accepted rows, and one folder of results per contender."""

    root: Path

    @property
    def home(self) -> Home:
        """Home with the pinned rows; ours builds in it."""
        return Home.at(self.root / "home")

    def out(self, contender: str) -> Path:
        """Folder of what a contender writes, made if missing."""
        folder = self.root / "out" / contender
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def movements(self, site: str = "*") -> str:
        """Glob of the accepted movements."""
        return str(self.home.pinned / "wms" / "movements" / f"{site}~*.parquet")

    def movement_files(self) -> list[Path]:
        """The files of accepted movements, `<site>~<tag>~movements.parquet`."""
        return sorted((self.home.pinned / "wms" / "movements").glob("*~*~*.parquet"))

    def master(self, entity: str) -> str:
        """Glob of an accepted master of the ERP."""
        return str(self.home.pinned / "erp" / entity / "*.parquet")
