"""Prepare what the page needs, serve the page, or write the publishable site.

    python3 serve.py                    prepare, serve on http://localhost:8000, open the browser
    python3 serve.py --prepare          prepare and stop
    python3 serve.py --build site       write the folder that a static host publishes

Python 3.11 or newer and its standard library are enough.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - a sentence is kinder than what an older Python says
    sys.exit("serve.py needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")

import argparse
import errno
import signal
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "py"))

from hosting.files import Failure
from hosting.preparation import prepare
from hosting.publishing import build
from hosting.releases import MNIST, RUNTIME, Release
from hosting.server import serve


def explain(error: OSError) -> str:
    """Say in one sentence what the operating system refused, and what to do about it."""
    reason = error.strerror or error
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"There is no room left on the disk ({reason}): make some and start again."
    if error.filename is None:
        return f"The system refuses to go on ({reason})."
    return f"{error.filename} cannot be used ({reason}): mend that and start again."


def port_number(text: str) -> int:
    """Read the number of a port."""
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to 65535, not {text!r}")
    return int(text)


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Prepare and serve the page.")
    parser.add_argument("--port", type=port_number, default=8000, help="port to serve on (8000)")
    parser.add_argument("--host", default="localhost", help="host to serve on (localhost)")
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--prepare", action="store_true", help="prepare the assets and stop")
    instead.add_argument("--build", type=Path, metavar="DIR", help="write the publishable site")
    return parser.parse_args(arguments)


def main(
    arguments: list[str] | None = None,
    root: Path = ROOT,
    runtime: tuple[Release, ...] = RUNTIME,
    mnist: Release = MNIST,
) -> int:
    """Do what the command line says; returns the exit status."""
    options = parse_arguments(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that temporary files go
    try:
        prepare(root / "assets", runtime, mnist)
        if options.build:
            build(root, options.build)
        elif not options.prepare:
            serve(root, options.host, options.port, not options.no_browser)
    except Failure as failure:
        print(f"serve.py: {failure}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"serve.py: {explain(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nserve.py: stopped; what is complete is kept for the next run.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
