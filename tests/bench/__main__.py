"""Measure how fast everything is, in one table: `python3 tests/bench [options]`.

Needs Python 3.11 or newer. Makes everything ready as `python3 tests` does. Progress goes to
stderr, a Markdown table to stdout, and everything that was measured to a JSON file.
Leave the machine alone meanwhile: whatever else runs on it shows in the numbers.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # instead of this folder: its modules are tests.bench's

from tests.__main__ import PYTHON, VENV, chromium, make_venv, run  # noqa: E402

PARTS = ("training", "live", "boot")


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python3 tests/bench", description="Measure how fast everything is, in one table."
    )
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds to measure (5)")
    parser.add_argument("--quick", action="store_true", help="one short round, to try it out")
    parser.add_argument(
        "--only", choices=PARTS, action="append", help="measure this part; may be given again"
    )
    parser.add_argument(
        "--json",
        type=Path,
        default=ROOT / "build/bench.json",
        metavar="PATH",
        help="where to write everything that was measured (build/bench.json)",
    )
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds is 1 or more")
    return options


def main(arguments: list[str]) -> None:
    """Measure, in the project's own environment."""
    options = parse_arguments(arguments)
    if Path(sys.prefix) != VENV:
        make_venv()
        run(PYTHON, "serve.py", "--prepare")
        run(PYTHON, Path(__file__).parent, *arguments)
        return
    from tests.bench.measuring import Plan, measure
    from tests.bench.report import goals, markdown

    from hosting.files import Failure

    plan = Plan(options.only or PARTS, options.rounds)
    try:
        measured = measure(plan.shortened() if options.quick else plan, chromium())
    except (Failure, RuntimeError) as error:
        sys.exit(f"tests/bench: {error}")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(measured | {"goals": goals(measured)}, indent=1) + "\n")
    print(markdown(measured), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
