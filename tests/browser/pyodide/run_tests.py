"""Runs pytest inside Pyodide, on the checkout that was unpacked there."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys

ROOT = "/checkout"


def run(files: list[str], choice: str) -> str:
    """Runs test files, and tells how it went.

    Args:
        files: the test files, below the root.
        choice: what the engine is to compute with: "simd", or "numpy" as where no kernels load.

    Returns:
        JSON: `backend` and the `reason` for it; `outcomes`, for every test by its id "passed" or
        what went wrong; and `printed`, what pytest said.
    """
    os.chdir(ROOT)
    sys.path[:0] = [f"{ROOT}/packages", f"{ROOT}/py"]
    import pytest

    from convnet import compute

    if choice == "numpy":
        compute.load = refuse_to_load
    backend = compute.best_backend()
    outcomes: dict[str, str] = {}

    class Outcomes:
        def pytest_collectreport(self, report):
            if report.failed:
                outcomes[report.nodeid] = report.longreprtext

        def pytest_runtest_logreport(self, report):
            if not report.passed:
                outcomes[report.nodeid] = f"{report.outcome}: {report.longreprtext}"
            elif report.when == "call":
                outcomes.setdefault(report.nodeid, "passed")

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        pytest.main(["--capture=sys", *files], plugins=[Outcomes()])
    return json.dumps(
        {
            "backend": backend.name,
            "reason": backend.reason,
            "outcomes": outcomes,
            "printed": printed.getvalue(),
        }
    )


def refuse_to_load():
    """Stands in for the loading of kernels where tests are to do without."""
    raise ImportError("as was asked for")


run  # noqa: B018 - what the worker calls
