"""The command line that the Makefile calls: `python -m orchestration <command>`.

Here: arguments, exit codes and what a person reads. Not here: any work (lib/, expectations/, refreshing.py). Everything
heavy is imported by the command that needs it. Exit codes: 0 done, 1 failed and nothing published, 2 wrong usage,
130 interrupted.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from orchestration.lib.paths import Home


def _accept(home: Home, arguments: argparse.Namespace) -> int:
    from orchestration.lib.accepting import accept

    done = accept(home, print)
    for (source, entity), counts in sorted(done.entities.items()):
        print(
            f"{source}.{entity}: {counts.rows_in} rows in {counts.batches} batches, {counts.rows_loaded} loaded, "
            f"{counts.rows_deduplicated} deduplicated, {counts.rows_quarantined} quarantined"
        )
    print(f"pinned {done.pinned} batches as of {done.as_of} (pin {done.pin_hash[:12]}, {done.withdrawn} withdrawn)")
    return 0


def _refresh(home: Home, arguments: argparse.Namespace) -> int:
    from orchestration.refreshing import refresh

    outcome = refresh(home, full_refresh=arguments.full_refresh, wait_seconds=arguments.wait)
    if outcome.success:
        return 0
    from orchestration.lib.generations import current_name

    stays = current_name(home)
    print(f"\nrefresh FAILED\n{outcome.message}", file=sys.stderr)
    print(f"Readers still see {stays}." if stays else "Nothing is published yet.", file=sys.stderr)
    return 1


def _edge(home: Home, arguments: argparse.Namespace) -> int:
    from datetime import datetime

    from orchestration.lib import progress
    from orchestration.lib.edge import build_edge

    progress.restart()
    as_of = datetime.fromisoformat(arguments.as_of) if arguments.as_of else None
    done = build_edge(home, arguments.site, progress.elapsed, as_of=as_of, on_step=progress.say)
    for name, value in done.figures.items():
        print(f"  {name:<16} {value:>16,}")
    print(f"{done.site} as of {done.as_of}: {done.batches} WMS batches, {done.seconds:.1f} s, {done.database}")
    return 0


def _land(home: Home, arguments: argparse.Namespace) -> int:
    from orchestration.lib.connectors import land_connector

    said = {"company": arguments.company, "full": arguments.full}
    landed = land_connector(arguments.connector, arguments.source or None, home, print, **said)
    print(f"{len(landed)} batches are in {home.landing}; now run `make refresh`")
    return 0


def _land_tpl(home: Home, arguments: argparse.Namespace) -> int:
    from orchestration.lib.tpl_api import fetch, load_provider

    done = fetch(home, load_provider(home.repo, arguments.provider), print)
    print(
        f"{done.rows} rows on {done.pages} pages in {len(done.batches)} new batches; {done.retries} requests repeated, "
        f"{done.holes_asked} holes asked for again; now run `make refresh`"
    )
    return 0


def _baseline(home: Home, arguments: argparse.Namespace) -> int:
    from orchestration.lib.baseline.landing import land_published, within_budget

    done = land_published(home, arguments.origins)
    methods = ", ".join(f"{count} by {method}" for method, count in sorted(done.methods.items()))
    print(f"{done.rows} forecasts in {len(done.batches)} new batches, {done.seconds:.1f} s")
    if methods:
        print(f"last origin: {methods}")
    within_budget(done, print)
    if done.batches:
        print("now run `make refresh`")
    return 0


def _counts(home: Home, arguments: argparse.Namespace) -> int:
    from orchestration.lib.drop_folder import look

    told = look(home, [arguments.site] if arguments.site else None)
    print("\n".join(map(str, told)) or f"nothing lies in {home.drop / 'cycle_counts'}")
    if any(one.outcome == "landed" for one in told):
        print("now run `make refresh`")
    return 1 if any(one.outcome == "refused" for one in told) else 0


def _withdraw(home: Home, arguments: argparse.Namespace) -> int:
    from orchestration.lib.landing import withdraw

    print(f"withdrawn: {withdraw(home, arguments.batch, arguments.reason)}; now run `make refresh`")
    return 0


def _escalations(home: Home, arguments: argparse.Namespace) -> int:
    from orchestration.lib.acknowledging import open_escalations

    for one in open_escalations(home):
        taken = f"taken by {one.acknowledged_by}" if one.acknowledged_by else f"due {one.first_due_date}"
        late = ", late" if one.is_sla_breached else ""
        print(
            f"level {one.current_level} {one.responsible_role}, {one.breach_week_count} weeks, {taken}{late}, "
            f"excess {one.excess_amount or 0:,.2f}: {one.escalation_id}"
        )
    return 0


def _acknowledge(home: Home, arguments: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from orchestration.lib.acknowledging import acknowledge

    at = datetime.fromisoformat(arguments.at) if arguments.at else datetime.now(UTC)
    batch = acknowledge(home, arguments.alert, arguments.by, arguments.note, at, arguments.team)
    print(f"landed: {batch}; now run `make refresh`")
    return 0


def _dispositions(home: Home, arguments: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from orchestration.lib.dispositions.asking import give_out
    from orchestration.lib.dispositions.reading import read_back

    if not arguments.file:
        asked = {"owner": arguments.owner, "location": arguments.site, "limit": arguments.limit}
        print("\n".join(give_out(home, arguments.format, everything=arguments.all, **asked)))
        return 0
    at = datetime.fromisoformat(arguments.at) if arguments.at else None
    path = Path(arguments.file).expanduser().absolute()
    done = read_back(home, path, datetime.now(UTC), team=arguments.team, by=arguments.by, at=at)
    print("\n".join(done.told()))
    return 1 if done.rejected else 0


def _rollback(home: Home, arguments: argparse.Namespace) -> int:
    from orchestration.lib.generations import rollback

    target = rollback(home, arguments.to)
    print(f"current is now {target.name} (as of {target.manifest['as_of']}); the next refresh publishes a new one")
    return 0


def _audit(home: Home, arguments: argparse.Namespace) -> int:
    from functools import partial

    from expectations.audit import audit
    from expectations.check import CheckResult
    from expectations.reaudit import reaudit
    from reports.validation import alone

    def tell(result: CheckResult) -> None:
        counts = f"{result.failed_rows} of {result.checked_rows}"
        print(f"{result.outcome:<16}{result.rule.severity:<9} {result.rule.name:<44} {counts:>18}  {result.rule.says}")
        if result.message:
            print(f"                {result.message}")

    report = partial(alone.write, home)
    if arguments.generation:
        again = reaudit(home, arguments.generation, tell, report)
        print(f"nothing critical in {again.generation} as of {again.as_of}; failing keys: {again.folder}")
        print(again.told)
        return 0
    verdict = audit(home, tell, report)
    print(f"nothing blocks a publication of content {verdict.content_hash[:12]} as of {verdict.as_of}")
    return 0


def _generations(home: Home, arguments: argparse.Namespace) -> int:
    from orchestration.lib.generations import current_name, leased_names, list_generations

    here, leased = current_name(home), leased_names(home)
    for generation in list_generations(home):
        marks = [
            mark for mark, holds in (("current", generation.name == here), ("read", generation.name in leased)) if holds
        ]
        outcomes = generation.manifest["audit"].get("outcomes", {})
        told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
        print(f"{generation.name}  as of {generation.manifest['as_of']}  rules: {told}  {' '.join(marks)}")
    return 0


def _verify(home: Home, arguments: argparse.Namespace) -> int:
    from orchestration.lib.generations import current, load, verify

    generation = load(home, arguments.generation) if arguments.generation else current(home)
    print(f"{generation.name}: {verify(generation)} files are what the manifest says")
    return 0


def _summary(home: Home, arguments: argparse.Namespace) -> int:
    from orchestration.lib.summary import summary

    print(summary(home))
    return 0


def _pages(home: Home, arguments: argparse.Namespace) -> int:
    from reports.site import build

    site = build(home)
    told = f"{len(site.pages)} pages of {site.generation} are ready"
    print(f"{told}: {site.entry.as_uri()}")
    return 0


def _docs(home: Home, arguments: argparse.Namespace) -> int:
    from expectations.catalogue import write
    from orchestration.lib.reference import write_reference

    write(home.repo)  # a seed, which the reference reads
    for path in write_reference(home.repo):
        print(path.relative_to(home.repo))
    return 0


def _lint(home: Home, arguments: argparse.Namespace) -> int:
    import subprocess

    from orchestration.lib.warehouse import apply_environment

    apply_environment(home.make())
    (home.root / "empty").mkdir(exist_ok=True)  # the templater compiles against the throw-away target
    (home.root / "spill").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "sqlfluff", "lint", "--disable-progress-bar", "models", "tests/invariants"]
    return subprocess.run(command, cwd=home.repo, check=False).returncode


def _dev(home: Home, arguments: argparse.Namespace) -> int:
    from orchestration.refreshing import develop

    return develop(home, arguments.port)


def parser() -> argparse.ArgumentParser:
    """Arguments of every command; each sets `run`."""
    top = argparse.ArgumentParser(
        prog="python -m orchestration", description="leadlag: from landing to published marts"
    )
    commands = top.add_subparsers(dest="command", required=True)

    def command(name: str, run: Callable[[Home, argparse.Namespace], int], says: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=says, description=says)
        added.set_defaults(run=run)
        return added

    command("accept", _accept, "validate new batches and pin the set that the next build reads")
    added = command("refresh", _refresh, "accept, build, audit and publish: the main job")
    added.add_argument("--full-refresh", action="store_true", help="build every model from scratch")
    added.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="wait for another writer to end")
    added = command("edge", _edge, "build the marts of one site from its own WMS feed")
    added.add_argument("--site", required=True, help="code of the site, as its WMS batches are landed under wms/")
    added.add_argument("--as-of", help="cut-off, ISO 8601, UTC without an offset; default: its latest extraction")
    added = command("land", _land, "land a native system through its connector: extracts, or its live database")
    added.add_argument("--connector", required=True, help="folder below connectors/")
    added.add_argument("--source", help="folder with extracts; without it, the database LEADLAG_SOURCE_DSN names")
    added.add_argument("--company", help="code of the company that consolidates it; default: the connector's own")
    added.add_argument("--full", action="store_true", help="read live tables whole, not from where the last run ended")
    added = command("counts", _counts, "land the count files that lie in the drop folder")
    added.add_argument("--site", help="only this site's folder; default: every site")
    added = command("land-tpl", _land_tpl, "land what is new at the API of a third-party logistics provider")
    added.add_argument("--provider", required=True, help="its code: LEADLAG_TPL_URL and connectors/tpl/<code>.yml")
    added = command("baseline", _baseline, "forecast every SKU-location ourselves and land it; once a month")
    added.add_argument("--origins", type=int, default=6, help="closed months at whose ends to forecast (back-test)")
    added = command("withdraw", _withdraw, "take a batch out of all later runs by a tombstone")
    added.add_argument("--batch", required=True, help="<source>/<instance>/<entity>/<batch>")
    added.add_argument("--reason", required=True, help="why, for whoever reads the tombstone")
    command("escalations", _escalations, "list the open escalations, gravest first")
    added = command("acknowledge", _acknowledge, "say that an escalation or alert was taken into work")
    added.add_argument("--alert", required=True, help="whole id, as `escalations` prints it")
    added.add_argument("--by", required=True, help="function or person who takes it")
    added.add_argument("--note", help="what will be done")
    added.add_argument("--at", help="when, ISO 8601, UTC without an offset; default: now")
    added.add_argument("--team", default="governance", help="instance the batch lands under")
    added = command(
        "dispositions", _dispositions, "write what data stewards are asked as a sheet, or read a filled one"
    )
    added.add_argument("--file", help="filled sheet, CSV or Excel; without it a new sheet is written")
    added.add_argument("--by", default="", help="who decided, for rows that do not say")
    added.add_argument("--at", help="when, ISO 8601, UTC without an offset, for rows that do not say")
    added.add_argument("--team", default="stewards", help="instance the batch lands under")
    added.add_argument("--format", default="csv", choices=("csv", "xlsx"), help="xlsx has drop-downs")
    added.add_argument("--owner", default="", help="only what this team answers for")
    added.add_argument("--site", default="", help="only flags of this location_id")
    added.add_argument("--limit", type=int, default=500, help="most rows of a sheet, most money first")
    added.add_argument("--all", action="store_true", help="what was judged already too")
    added = command("rollback", _rollback, "point readers at an earlier generation, after verifying it")
    added.add_argument("--to", help="name of a generation; default: the one before the current")
    added = command("audit", _audit, "run the audit again over the finished build and print every rule")
    added.add_argument("--generation", help="audit this published generation instead, read-only; nothing lands")
    command("summary", _summary, "what the published generation says, on one page")
    command("pages", _pages, "build the site of the published generation and say where it is")
    command("generations", _generations, "list the generations kept")
    added = command("verify", _verify, "compare a generation's files with its manifest")
    added.add_argument("generation", nargs="?", help="default: the current one")
    command("docs", _docs, "write docs/reference from registry, policy, rules and contract")
    command("lint", _lint, "check how the SQL is written")
    added = command("dev", _dev, "open Dagster's pages on http://127.0.0.1")
    added.add_argument("--port", type=int, default=3000)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; errors a person can mend are told without a traceback."""
    arguments = parser().parse_args(argv)
    # dbt's manifest lives to the end: it need not be looked through for garbage every 700 objects (decision 0053).
    gc.set_threshold(100_000, 20, 100)
    from expectations.results import AuditBlocked
    from orchestration.lib.baseline.methods import MissingPackageError
    from orchestration.lib.connectors import ConnectorError
    from orchestration.lib.contracts import ContractError
    from orchestration.lib.edge import EdgeError
    from orchestration.lib.generations import GenerationError
    from orchestration.lib.landing import LandingError
    from orchestration.lib.lock import LockHeldError
    from orchestration.lib.tpl_api import TplError
    from orchestration.lib.warehouse import BuildError
    from reports.definitions import PageError

    known = (
        AuditBlocked,
        BuildError,
        ConnectorError,
        ContractError,
        EdgeError,
        GenerationError,
        LandingError,
        LockHeldError,
        MissingPackageError,
        PageError,
        TplError,
    )
    try:
        return arguments.run(Home.from_env(), arguments)
    except known as error:
        print(f"{arguments.command} FAILED\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\n{arguments.command} interrupted; what was published stays as it was", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
