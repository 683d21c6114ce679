"""The course of the benchmark: every part once a round, one after the other.

So what changes while it runs, a warm processor say, changes it for everybody.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from playwright.sync_api import Browser
from tests.bench import machine
from tests.bench.boot import boot
from tests.bench.chromium import launched
from tests.bench.contenders import opened_contenders
from tests.bench.live import BUSY, live
from tests.bench.networks import NETWORKS, TRAINER
from tests.bench.report import rate_cell
from tests.bench.staging import Site, staged


@dataclass(frozen=True)
class Plan:
    """What is measured, and for how long.

    Attributes:
        parts: of "training", "live" and "boot".
        rounds: how often.
        seconds: of training in each cell of the table, after its warm-up.
        live_seconds: of the live page.
    """

    parts: Sequence[str]
    rounds: int
    seconds: float = 2.0
    live_seconds: float = 10.0

    def shortened(self) -> Plan:
        """Just enough to see that everything works."""
        return replace(self, rounds=1, seconds=0.3, live_seconds=3.0)


def say(text: str) -> None:
    """Tells how far it is."""
    print(text, file=sys.stderr, flush=True)


def measure(plan: Plan, chromium: str) -> dict[str, Any]:
    """Everything in a plan.

    Returns:
        `training`: {network: {contender: rounds}}, a round as `training.timed` returns it;
        `live`, `busy` and `boot`: a list of rounds; `machine`; `plan`; `load` before and after.
    """
    training: dict[str, dict[str, list[dict[str, Any]]]] = {}
    lives, busy, boots = [], [], []
    load = machine.load()
    with staged() as site, launched(chromium) as browser:
        description = machine.describe(browser.version)
        for number in range(plan.rounds):
            say(f"Round {number + 1} of {plan.rounds}")
            if "training" in plan.parts:
                train(browser, site, plan.seconds, training)
            if "live" in plan.parts:
                lives.append(live(browser, site, plan.live_seconds))
                say(f"  live page: {lives[-1]}")
                busy.append(live(browser, site, plan.live_seconds, BUSY))
                say(f"  the same with all on: {busy[-1]}")
            if "boot" in plan.parts:
                boots.append(boot(browser, site, page_first=number % 2 == 0))
                say(f"  boot: {boots[-1]}")
    return {
        "machine": description,
        "load": [load, machine.load()],
        "plan": asdict(plan),
        "training": training,
        "live": lives,
        "busy": busy,
        "boot": boots,
    }


def train(browser: Browser, site: Site, seconds: float, training: dict[str, Any]) -> None:
    """Lets every contender train every network once, and adds the rounds to `training`."""
    with opened_contenders(browser, site) as contenders:
        for network in NETWORKS:
            job = {
                "layers": network.layers,
                "trainer": TRAINER,
                "warm_up": network.warm_up,
                "seconds": seconds,
            }
            cells = training.setdefault(network.name, {})
            for name, contender in contenders.items():
                result = contender.measure(job)
                cells.setdefault(name, []).append(result)
                say(f"  {network.name}; {name}: {rate_cell([result])}")
