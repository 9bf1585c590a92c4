"""The audit between marts and published: one asset, one asset check per rule of the suites.

Here: what Dagster shows of an audit. Not here: rules (expectations/), the decision what blocks (expectations/check.py).
"""

from collections.abc import Iterator
from functools import partial

import dagster as dg

from expectations.audit import audit
from expectations.check import CRITICAL, PASSED, Check, CheckResult, Rule
from expectations.results import AuditBlocked
from expectations.suites import SUITES
from orchestration.lib import progress
from orchestration.resources import Writer
from reports.validation import alone

AUDIT = dg.AssetKey(["audit"])


def check_name(rule: Rule) -> str:
    """Name of a rule's asset check."""
    return f"{rule.suite}__{rule.id.replace('-', '_')}"


def _spec(check: Check) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        check_name(check.rule),
        asset=AUDIT,
        description=check.rule.says,
        metadata={"severity": check.rule.severity, "table": check.table},
    )


def _evaluation(result: CheckResult) -> dg.AssetCheckResult:
    critical = result.rule.severity == CRITICAL
    metadata = {
        "outcome": result.outcome,
        "checked_rows": result.checked_rows,
        "failed_rows": result.failed_rows,
        "observed": result.observed or "",
        "threshold": result.threshold or "",
        "first_keys": [dict(zip(result.key, key, strict=True)) for key in result.keys],
        "message": result.message,
    }
    return dg.AssetCheckResult(
        asset_key=AUDIT,
        check_name=check_name(result.rule),
        passed=result.outcome == PASSED,
        severity=dg.AssetCheckSeverity.ERROR if critical else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


@dg.asset(
    key=AUDIT,
    deps=sorted({dg.AssetKey(check.table.split(".")) for check in SUITES}),
    group_name="quality",
    kinds={"greatexpectations"},
    check_specs=[_spec(check) for check in SUITES],
)
def audited(context: dg.AssetExecutionContext, writer: Writer) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
    """Great Expectations over the private build; a critical failure ends the run before anything is published."""
    progress.say("audit", f"{len(SUITES)} checks by Great Expectations")
    results: list[CheckResult] = []
    blocked = None
    try:
        verdict = audit(writer.home, results.append, partial(alone.write, writer.home))
    except AuditBlocked as error:
        blocked = error
    for result in results:
        if result.outcome != PASSED:
            what = f"{result.failed_rows} of {result.checked_rows}" if not result.message else result.message
            progress.say("audit", f"{result.rule.severity} {result.rule.name} {result.outcome}: {what}")
        yield _evaluation(result)
    if blocked:
        raise blocked
    passed = sum(r.outcome == PASSED for r in results)
    progress.say("audit", f"nothing blocks: {passed} of {len(results)} rules passed, flags are published as flags")
    yield dg.MaterializeResult(metadata={"content_hash": verdict.content_hash, "rules_passed": passed})
