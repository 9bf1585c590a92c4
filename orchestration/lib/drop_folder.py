"""The drop folder: files that people and systems without a connector put down become landing batches.

    <drop>/sites.yml                       how each site saves its CSV (drop_rules.SiteFormat)
    <drop>/cycle_counts/<site>/            where files are dropped
    <drop>/working/cycle_counts/<site>/    claimed by a look that is under way, or was killed
    <drop>/done/cycle_counts/<site>/       landed, with their hash in the name; a duplicate has a reason beside it
    <drop>/refused/cycle_counts/<site>/    not landed, each with a .reason.txt

Here: looking, claiming, landing and moving. Not here: what a file must be (drop_rules.py) and its rows (validator.py).
Nothing lost, nothing twice: a file is claimed by one rename, lands as a batch named by its content, and is moved away
last; a look that is killed anywhere is finished by the next one.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.lib import drop_rules, landing
from orchestration.lib.contracts import Contract, load_contracts
from orchestration.lib.drop_rules import CHECKSUM, FileName, SiteFormat, fingerprint
from orchestration.lib.file_rules import FileFaultError
from orchestration.lib.lock import writer_lock
from orchestration.lib.paths import Home

SOURCE, AREA = "wms", "cycle_counts"
SETTLE_SECONDS = 2.0
_HASH = 16  # hex digits of sha256 in the names of batches and of files that are done


@dataclass(frozen=True)
class Dropped:
    """What a look made of one file: landed, duplicate, refused or waiting. rule: empty when it landed."""

    site: str
    file: str
    outcome: str
    rule: str = ""
    message: str = ""
    batch_id: str = ""
    rows: int = 0

    def __str__(self) -> str:
        where = f"{AREA}/{self.site}/{ascii(self.file)[1:-1]}"
        if self.outcome == "landed":
            return f"{where}: landed {self.rows} rows as {self.batch_id}"
        return f"{where}: {self.outcome}: {self.rule}: {self.message}"


def sites_with_files(home: Home) -> list[str]:
    """Sites in whose folder something lies, or whose last look was killed."""
    roots = (home.drop / AREA, home.drop / "working" / AREA)
    return sorted({site.name for root in roots for site in _site_folders(root) if any(site.iterdir())})


def look(
    home: Home, sites: Collection[str] | None = None, settle: Callable[[], None] = lambda: time.sleep(SETTLE_SECONDS)
) -> list[Dropped]:
    """Land what lies in the drop folders of `sites` (default: all) and say what became of each file.

    settle: waits between two glances at each file; one that changed in between is left for the next look.
    LandingError when sites.yml is wrong; LockHeldError when another look is under way.
    """
    root = home.drop
    (root / AREA).mkdir(parents=True, exist_ok=True)
    with writer_lock(root / ".lock"):
        formats = drop_rules.read_formats(root)
        contracts = load_contracts(home.repo)
        names = sorted(set(sites_with_files(home)) & set(sites)) if sites is not None else sites_with_files(home)
        seen = {path: _glance(path) for name in names for path in _files(root / AREA / name)}
        if seen:
            settle()
        told = [_misplaced(path) for path in _files(root / AREA)]
        for name in names:
            site = _Site(home, name, formats.get(name, SiteFormat()), contracts)
            told += [site.take(path) for path in _files(site.working)]
            told += [site.claim(path, seen.get(path)) for path in _files(site.incoming)]
        return [one for one in told if one is not None]


class _Site:
    """The folders of one site and what becomes of the files in them."""

    def __init__(self, home: Home, name: str, site_format: SiteFormat, contracts: dict) -> None:
        self.home, self.name, self.format, self.contracts = home, name, site_format, contracts
        self.incoming = home.drop / AREA / name
        self.working, self.done, self.refused = (
            home.drop / place / AREA / name for place in ("working", "done", "refused")
        )
        for folder in (self.working, self.done, self.refused):
            folder.mkdir(parents=True, exist_ok=True)

    def claim(self, path: Path, before: tuple | None) -> Dropped | None:
        """Take a file out of the drop folder if it is finished; None for what is nobody's file."""
        if path.name.startswith((".", "~$")) or path.name.endswith(CHECKSUM):
            return None
        if path.name.lower().endswith(drop_rules.UNFINISHED):
            return self._waiting(path, "unfinished", "its ending says that it is being written; rename it when it is")
        if self.incoming.is_symlink() or not self.incoming.resolve().is_relative_to(self.home.drop.resolve()):
            return self._waiting(path, "link", "the site's folder lies outside the drop folder: make it a plain folder")
        state = _glance(path)
        if state is None or state != before:
            return self._waiting(path, "unfinished", "it is still being written")
        if stat.S_ISDIR(path.lstat().st_mode):
            return self._waiting(path, "kind", "it is a folder: drop the files themselves")
        if self.format.is_checksum_required and not self._checksum(path.name):
            return self._waiting(path, "checksum", f"its site sends {CHECKSUM} files, and this one has none yet")
        claimed = self.working / path.name
        try:
            path.rename(claimed)
        except OSError as error:
            return self._waiting(path, "system", f"it cannot be moved ({error.strerror}): mend rights and mounts")
        return self.take(claimed)

    def take(self, path: Path) -> Dropped:
        """Land a claimed file and move it away; the same when a look was killed after any of these steps."""
        copy = path.with_name(f".copy{path.suffix}")
        try:
            name = drop_rules.check_name(path.name, self.name)
            digest, state = drop_rules.copy_bytes(path, copy)
            return self._land(path, copy, name, digest, state)
        except FileFaultError as fault:
            return self._refuse(path, fault)
        except BlockingIOError:
            return self._waiting(path, "unfinished", "somebody still writes it; it is claimed and taken next time")
        except PermissionError as error:
            return self._waiting(path, "system", f"it cannot be read ({error.strerror}): give the job the right to")
        finally:
            copy.unlink(missing_ok=True)

    def _land(self, path: Path, copy: Path, name: FileName, digest: str, state: os.stat_result) -> Dropped:
        contract: Contract = self.contracts[SOURCE, name.entity]
        stated = self._checksum(path.name)
        if stated and stated != digest:
            raise FileFaultError("checksum", f"its sha256 is {digest}, {CHECKSUM} says {stated[:64]!a}: copy it again")
        drop_rules.check_content(copy, path.name, name.day, state.st_mtime)
        table = drop_rules.read_rows(copy, contract, self.format)
        # A file without rows says that nothing was counted there that day; another day it is another word.
        words = f"{digest} {self.name} {name.day:%Y%m%d}"
        mark = (digest if table.num_rows else hashlib.sha256(words.encode()).hexdigest())[:_HASH]
        self._check_known(path, mark, known := self._landed(name.entity, mark))
        if known and any(self.done.glob(f"*.{mark}.*")):
            return self._duplicate(path, mark, known)
        if not known:  # else a look was killed between landing and moving
            at = drop_rules.extracted_at(table, name, contract)
            batch = f"{at:%Y%m%dT%H%M%S}-{mark}"
            landing.write_batch(self.home.landing, SOURCE, self.name, name.entity, batch, table, at, contract=contract)
            known = f"{SOURCE}/{self.name}/{name.entity}/{batch}"
        path.rename(_free(self.done / f"{path.stem}.{mark}{path.suffix}"))
        self._put_away_checksum(path.name, self.done)
        return Dropped(self.name, path.name, "landed", batch_id=known, rows=table.num_rows)

    def _check_known(self, path: Path, mark: str, known: str) -> None:
        """Refuse bytes that belong elsewhere or were withdrawn, and a name that has landed with other bytes."""
        if known and known.split("/")[1] != self.name:
            raise FileFaultError("other_site", f"the same bytes have landed as {known}: find out whose counts they are")
        if known in landing.withdrawn_batches(self.home):
            raise FileFaultError("withdrawn", f"these bytes are {known}, which was withdrawn: send corrected ones")
        for namesake in self.done.glob(f"{path.stem}.*{path.suffix}"):
            other = namesake.name.removeprefix(path.stem + ".").split(".", maxsplit=1)[0]
            if other != mark:
                raise FileFaultError("name_taken", "a file of this name has landed with other content: name it _2, _3")

    def _landed(self, entity: str, mark: str) -> str:
        """Id of the batch that these bytes have landed as, at any site; empty when they have not."""
        found = sorted(self.home.landing.glob(f"{SOURCE}/*/{entity}/*-{mark}/{landing.MANIFEST}"))
        own = [p for p in found if p.parts[-4] == self.name] or found
        return own[0].parent.relative_to(self.home.landing).as_posix() if own else ""

    def _duplicate(self, path: Path, mark: str, known: str) -> Dropped:
        message = f"the same bytes have landed as {known}: they are not taken twice; nothing needs doing"
        target = _free(self.done / f"{path.stem}.{mark}.duplicate{path.suffix}")
        _write_reason(target, path.name, "duplicate", message)
        path.rename(target)
        self._put_away_checksum(path.name, self.done)
        return Dropped(self.name, path.name, "duplicate", "duplicate", message, known)

    def _refuse(self, path: Path, fault: FileFaultError) -> Dropped:
        target = _free(self.refused / _plain(path.name))
        _write_reason(target, path.name, fault.rule, str(fault))
        path.rename(target)
        self._put_away_checksum(path.name, self.refused)
        return Dropped(self.name, path.name, "refused", fault.rule, str(fault))

    def _waiting(self, path: Path, rule: str, message: str) -> Dropped:
        return Dropped(self.name, path.name, "waiting", rule, message)

    def _checksum(self, name: str) -> str:
        """The sha256 that a plain `<name>.sha256` in the drop folder states, else empty."""
        beside = self.incoming / (name + CHECKSUM)
        try:
            is_plain = stat.S_ISREG(beside.lstat().st_mode)
            text = beside.read_bytes()[:1024].decode("ascii", "replace") if is_plain else ""
        except OSError:
            return ""
        return text.split()[0].lower() if text.split() else ""

    def _put_away_checksum(self, name: str, folder: Path) -> None:
        beside = self.incoming / (name + CHECKSUM)
        if os.path.isfile(beside):  # noqa: PTH113 - false, not an error, for a name that is too long
            beside.rename(_free(folder / _plain(beside.name)))


def _misplaced(path: Path) -> Dropped | None:
    if path.is_dir() or path.name.startswith("."):
        return None
    message = f"it lies beside the folders of the sites: move it to {AREA}/<site>/"
    return Dropped("", path.name, "waiting", "place", message)


def _site_folders(root: Path) -> Iterator[Path]:
    if root.is_dir():
        for path in sorted(root.iterdir()):
            if path.is_dir() and landing.NAME.fullmatch(path.name):
                yield path


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _glance(path: Path) -> tuple | None:
    try:
        return fingerprint(path.lstat())
    except OSError:
        return None


def _plain(name: str) -> str:
    """A hostile name as a safe one, still told from others: what is odd in it becomes `_`, with a hash behind."""
    if landing.NAME.fullmatch(name):
        return name
    mark = hashlib.sha256(os.fsencode(name)).hexdigest()[:8]
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)[-80:].lstrip("._-") + "." + mark


def _free(path: Path) -> Path:
    """The path, or with a number behind the stem when something is there already."""
    found, number = path, 2
    while os.path.lexists(found):
        found, number = path.with_name(f"{path.stem}.{number}{path.suffix}"), number + 1
    return found


def _write_reason(target: Path, name: str, rule: str, message: str) -> None:
    text = f"file: {ascii(name)[1:-1]}\nrule: {rule}\nwhat to do: {message}\n"
    target.with_name(target.name + ".reason.txt").write_text(text, encoding="utf-8")
