"""What holds for all tests: how hypothesis searches, and that CI skips nothing."""

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

ON_CI = bool(os.environ.get("CI"))

# CI must say the same thing of the same commit; at a desk each run may find something new.
# No deadlines: the first call of a compiled rule takes seconds, whatever the rule is worth.
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=200, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if ON_CI else "dev")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    # An expected failure is reported as skipped too, and is none.
    if not hasattr(report, "wasxfail"):
        _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_skipped(report)
    return report


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """A test that CI skips for a tool it lacks would go unrun for ever, unseen."""
    if ON_CI and report.skipped:
        report.outcome = "failed"
        # Of a skip it is (path, line, reason).
        report.longrepr = f"CI allows no skip: {report.longrepr}"
