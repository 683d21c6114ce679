"""A run can be had again: on the page, and on the command line with its seed and settings."""

from __future__ import annotations

import json

import numpy as np
import pytest
from serve import ROOT

from autoencoder.session import DEFAULT_DEFINITION
from convnet.__main__ import main
from convnet.snapshot import load_in_steps
from convnet.steps import finish

UPDATES = 1000
EXAMPLES = 50 * UPDATES

# Steps seem short however busy the machine is: where they are long, the page takes minibatches in
# parts, and the run is another one.
IN_TIME = """
const now = performance.now.bind(performance);
performance.now = () => now() / 20;
"""


def wait_for_the_stop(visit, shown=0):
    """Waits until the page has trained to its stop, after so many numbers that it had shown."""
    for goal in range(EXAMPLES // 50, EXAMPLES + 1, EXAMPLES // 50):
        visit.wait_until(
            """([shown, goal]) => {
                const since = examplesShown.slice(shown);
                return since.some(n => n < goal) && since.at(-1) >= goal;
            }""",
            [shown, goal],
        )
    visit.wait_for_state("paused")


@pytest.fixture
def run_to_the_stop(new_visit, site):
    """Opens the page, lets it train so far from a seed, and returns the visit and what it saves."""

    def run(compute=""):
        visit = new_visit(f"{site}{compute}#seed=7&examples={EXAMPLES}")
        visit.context.add_init_script(IN_TIME)
        visit.page.goto(visit.url, wait_until="commit")
        wait_for_the_stop(visit)
        return visit, visit.save()

    return run


def session_of(snapshot):
    return snapshot["convnet_py"]["session"]


def parameters(snapshot):
    return finish(load_in_steps(snapshot)).net.parameters


def test_the_command_line_reaches_the_weights_of_the_page_by_numpy(run_to_the_stop, tmp_path):
    visit, snapshot = run_to_the_stop("?compute=numpy")
    assert visit.text("backend") == "NumPy"
    assert session_of(snapshot)["examples_seen"] == EXAMPLES
    (tmp_path / "network.txt").write_text(DEFAULT_DEFINITION)
    command = ["train", f"{tmp_path}/network.txt", "--data", f"{ROOT}/assets/mnist"]
    command += ["--seed", "7", "--noise", "0.1", "--save", f"{tmp_path}/net.json"]
    assert main([*command, "--examples", str(EXAMPLES)]) == 0
    here = json.loads((tmp_path / "net.json").read_text())
    np.testing.assert_allclose(parameters(here), parameters(snapshot), rtol=0, atol=1e-6)
    names = ("corruption", "definition", "examples_seen", "noise", "random", "repeatable", "seed")
    of_both = [{name: session_of(each)[name] for name in names} for each in (here, snapshot)]
    assert of_both[0] == of_both[1]


def test_restart_is_the_same_run_again_and_so_is_the_link_in_another_browser(run_to_the_stop):
    visit, first = run_to_the_stop()
    assert visit.text("backend") == "SIMD kernels"
    shown = len(visit.examples_shown())
    visit.press("restart")
    wait_for_the_stop(visit, shown)
    again = visit.save()
    _, elsewhere = run_to_the_stop()
    for other in (again, elsewhere):
        assert session_of(other)["examples_seen"] == EXAMPLES
        assert session_of(other)["repeatable"]
        assert (parameters(other) == parameters(first)).all()
