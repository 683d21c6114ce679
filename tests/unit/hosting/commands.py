"""serve.py run as a command, to its end or to a Ctrl-C, and how it should end."""

import re
import signal
import subprocess
import sys

from serve import ROOT

from hosting.releases import MNIST


def command(root, arguments, runtime=(), mnist=MNIST, first=""):
    """A command that runs serve.py in another folder with other pins."""
    code = (
        f"{first}\nimport sys\nfrom pathlib import Path\n"
        "from hosting.releases import Release\nfrom serve import main\n"
        f"sys.exit(main({arguments!r}, Path({str(root)!r}), {tuple(runtime)!r}, {mnist!r}))"
    )
    return [sys.executable, "-c", code]


def run(command):
    """Run a command to its end in the checkout."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def started(command, cwd=ROOT):
    """Start a command whose output is wanted."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=cwd, **pipes)


def interrupted(command, when, cwd=ROOT):
    """Run a command, and press Ctrl-C when something has happened."""
    with started(command, cwd) as process:
        try:
            assert when(process)
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=30)
        finally:
            process.kill()
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def assert_one_sentence(done, pattern, status=1):
    """Check that a run ended with a sentence that fits and with nothing that looks like a crash."""
    lines = [line for line in done.stderr.splitlines() if line.startswith("serve.py: ")]
    assert done.returncode == status, done.stderr
    assert len(lines) == 1, done.stderr
    assert re.search(pattern, lines[0])
    assert lines[0].endswith(".")
    assert "Traceback" not in done.stderr
