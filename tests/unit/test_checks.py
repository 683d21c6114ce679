"""`python3 tests`: what it runs, and whether it looks for browsers before that."""

import pytest
from tests import __main__ as checks


@pytest.fixture
def pytest_runs(monkeypatch):
    """The arguments with which pytest would be run, and the browsers that it would be told of."""
    runs = []

    def run(*command, **environment):
        if "pytest" in command:
            runs.append((command[command.index("pytest") + 1 :], environment))

    monkeypatch.setattr(checks, "make_venv", lambda: None)
    monkeypatch.setattr(checks, "run", run)
    monkeypatch.setattr(checks, "BROWSERS", {"CHROMIUM": lambda: "/usr/bin/chromium"})
    return runs


def test_unit_tests_run_without_a_browser(pytest_runs):
    checks.main(["unit", "-k", "snapshot"])
    assert pytest_runs == [(("tests/unit", "-k", "snapshot"), {})]


@pytest.mark.parametrize("arguments", [[], ["tests/unit", "-k", "unit"], ["-x", "tests/browser"]])
def test_all_else_goes_on_to_pytest_with_the_browsers_found(pytest_runs, arguments):
    checks.main(arguments)
    assert pytest_runs == [(tuple(arguments), {"CHROMIUM": "/usr/bin/chromium"})]
