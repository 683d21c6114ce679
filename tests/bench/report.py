"""From measurements to what is printed: medians, the ratios that are asked for, a Markdown table.

Measurements are what `measuring.measure` returns; what was not measured is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.bench.contenders import CONVNETJS, CPYTHON, KERNELS, NUMPY, TENSORFLOW
from tests.bench.networks import CONVOLUTIONAL, DEFAULT, NETWORKS, TRAINER

Measurements = dict[str, Any]


# Medians


def rates(rounds: list[dict[str, Any]]) -> list[float]:
    """Examples a second of each round; none where it could not be done."""
    size = TRAINER["batch_size"]
    return [size * r["updates"] / r["seconds"] for r in rounds if "unsupported" not in r]


def median_of(values: Iterable[float | None]) -> float | None:
    """The median, if there is a value."""
    values = [value for value in values if value is not None]
    return median(values) if values else None


def rate(measured: Measurements, network: str, contender: str) -> float | None:
    """Examples a second of a contender on a network."""
    return median_of(rates(measured["training"].get(network, {}).get(contender, [])))


def live(measured: Measurements, name: str, page: str = "live") -> float | None:
    """One of the numbers of the "live" page, or of the "busy" one, on which all is on."""
    return median_of(r[name] for r in measured[page])


def boot(measured: Measurements, page: str, cache: str) -> float | None:
    """Seconds that one of the pages of `boot.boot` takes, with a "cold" or a "warm" cache."""
    return median_of(r[page][cache] for r in measured["boot"])


# What is asked for


@dataclass(frozen=True)
class Goal:
    """A number, and what it should be.

    Attributes:
        name: what it is.
        value: computes it from the measurements; None where one of them is missing.
        limit: what it should be at least, or at most where `at_most` is set.
    """

    name: str
    value: Callable[[Measurements], float | None]
    limit: float
    at_most: bool = False

    @property
    def asked(self) -> str:
        """The limit in words."""
        return f"{'at most' if self.at_most else 'at least'} {self.limit:g}"


def quotient(numerator: float | None, denominator: float | None) -> float | None:
    """How many times one is the other, if both are there."""
    return numerator / denominator if numerator is not None and denominator else None


def times(network: str, one: str, other: str) -> Callable[[Measurements], float | None]:
    """Compares the rates of two contenders on a network."""
    return lambda m: quotient(rate(m, network, one), rate(m, network, other))


GOALS = [
    Goal(
        "default network: SIMD kernels, times CPython with OpenBLAS on one thread",
        times(DEFAULT.name, KERNELS, CPYTHON),
        0.8,
    ),
    Goal(
        "default network: SIMD kernels, times ConvNetJS",
        times(DEFAULT.name, KERNELS, CONVNETJS),
        12,
    ),
    Goal(
        "default network: SIMD kernels, times TensorFlow.js",
        times(DEFAULT.name, KERNELS, TENSORFLOW),
        6,
    ),
    Goal(
        "convolutional network: SIMD kernels, times ConvNetJS",
        times(CONVOLUTIONAL.name, KERNELS, CONVNETJS),
        5,
    ),
    Goal(
        "convolutional network: NumPy alone, times ConvNetJS",
        times(CONVOLUTIONAL.name, NUMPY, CONVNETJS),
        1,
    ),
    Goal(
        "live page, times the bare engine with SIMD kernels",
        lambda m: quotient(live(m, "examples_per_second"), rate(m, DEFAULT.name, KERNELS)),
        0.5,
    ),
    Goal(
        "live page with 2,000 digits and manifold, times as it opens",
        lambda m: quotient(live(m, "examples_per_second", "busy"), live(m, "examples_per_second")),
        0.8,
    ),
    Goal("the same: frames a second", lambda m: live(m, "frames_per_second", "busy"), 58),
    Goal("live page: frames a second", lambda m: live(m, "frames_per_second"), 50),
    Goal(
        "live page: milliseconds of drawing a second, the browser's part included",
        lambda m: live(m, "drawing_ms_per_second"),
        250,
        at_most=True,
    ),
    Goal(
        "boot to the first training step, times bare Pyodide with NumPy, cold cache",
        lambda m: quotient(boot(m, "page", "cold"), boot(m, "bare", "cold")),
        1.25,
        at_most=True,
    ),
    Goal(
        "the same, warm cache",
        lambda m: quotient(boot(m, "page", "warm"), boot(m, "bare", "warm")),
        1.25,
        at_most=True,
    ),
]


def goals(measured: Measurements) -> list[dict[str, Any]]:
    """Every goal whose numbers were measured, with its value."""
    values = [(goal, goal.value(measured)) for goal in GOALS]
    return [
        {"name": goal.name, "value": value, "asked": goal.asked}
        for goal, value in values
        if value is not None
    ]


# Markdown


def markdown(measured: Measurements) -> str:
    """Everything that was measured, as sections of Markdown."""
    sections = [
        training_section(measured["training"]) if measured["training"] else "",
        live_section(measured) if measured["live"] else "",
        boot_section(measured) if measured["boot"] else "",
        goals_section(measured),
        machine_section(measured),
    ]
    return "\n\n".join(filter(None, sections)) + "\n"


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """A Markdown table: words to the left, numbers to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float | None) -> str:
    """A number with three digits at least, or a dash."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def training_section(training: dict[str, dict[str, list[dict[str, Any]]]]) -> str:
    """Rates, and the losses that show that the work was the same."""
    warm_up = {network.name: network.warm_up for network in NETWORKS}
    contenders = list(dict.fromkeys(name for cells in training.values() for name in cells))

    def rows(cell: Callable[[list[dict[str, Any]]], str]) -> list[list[str]]:
        return [[name, *[cell(cells[name]) for cells in training.values()]] for name in contenders]

    return "\n\n".join(
        [
            "Examples a second, training alone",
            table(["", *training], rows(rate_cell)),
            "Mean loss of an example at the end of the warm-up, after so many updates",
            table(["", *[f"{name}: {warm_up[name]}" for name in training]], rows(loss_cell)),
            *spread(training),
        ]
    )


def rate_cell(rounds: list[dict[str, Any]]) -> str:
    """The median rate, or why there is none."""
    return next((r["unsupported"] for r in rounds if "unsupported" in r), None) or number(
        median_of(rates(rounds))
    )


def loss_cell(rounds: list[dict[str, Any]]) -> str:
    """The median loss."""
    loss = median_of(r.get("loss") for r in rounds)
    return "–" if loss is None else f"{loss:.1f}"


def spread(training: dict[str, dict[str, list[dict[str, Any]]]]) -> list[str]:
    """A sentence on how far apart rounds are, if there are several."""
    spreads = {
        (network, contender): (max(values) - min(values)) / median(values)
        for network, cells in training.items()
        for contender, rounds in cells.items()
        if len(values := rates(rounds)) > 1
    }
    if not spreads:
        return []
    widest = max(spreads, key=spreads.__getitem__)
    typical = median(spreads.values())
    return [
        f"From the slowest to the fastest round of a cell it is {typical:.0%} of the median "
        f"typically, {spreads[widest]:.0%} at most ({widest[1]}; {widest[0]})."
    ]


def live_section(measured: Measurements) -> str:
    """The page's numbers, as it opens and with all on."""
    pages = [page for page in ("live", "busy") if measured[page]]
    names = {
        "examples a second": "examples_per_second",
        "frames a second": "frames_per_second",
        "milliseconds of drawing a second": "drawing_ms_per_second",
        "of these, Python's": "python_ms_per_second",
    }
    rows = [
        [text, *[number(live(measured, name, page)) for page in pages]]
        for text, name in names.items()
    ]
    tasks = {page: [r["long_tasks"] for r in measured[page]] for page in pages}
    seconds = f"{measured['live'][0]['seconds']:.0f} s"
    counts = [number(median(map(len, rounds))) for rounds in tasks.values()]
    rows.append([f"tasks over 50 ms in {seconds}", *counts])
    longest = [max((t for each in rounds for t in each), default=None) for rounds in tasks.values()]
    rows.append(["the longest of them, ms", *map(number, longest)])
    head = [
        "The whole page, every panel on screen",
        "as it opens",
        "2,000 digits, manifold, trails",
    ]
    return table(head[: 1 + len(pages)], rows)


def boot_section(measured: Measurements) -> str:
    """The seconds until training, beside those until NumPy."""
    names = {
        "page": "our page, to the first training step",
        "bare": "bare Pyodide as it is released, to NumPy imported",
        "bare, compiled": "bare Pyodide with our compiled archives, to NumPy imported",
    }
    rows = [
        [text, *[f"{boot(measured, page, cache):.2f}" for cache in ("cold", "warm")]]
        for page, text in names.items()
    ]
    return table(["Seconds from navigation", "cold cache", "warm cache"], rows)


def goals_section(measured: Measurements) -> str:
    """The numbers that the project has set itself."""
    rows = [[g["name"], number(g["value"]), g["asked"]] for g in goals(measured)]
    return table(["Goal", "measured", "asked for"], rows) if rows else ""


def machine_section(measured: Measurements) -> str:
    """What it was measured on, and how."""
    machine = measured["machine"]
    software = [machine["browser"], machine["python"], f"NumPy {machine['numpy']}"]
    software.append(machine["blas"])
    if "torch" in machine:
        software.append(f"PyTorch {machine['torch']}")
    before, after = measured["load"]
    load = "" if before is None else f"; load {before} before, {after} after"
    rounds = measured["plan"]["rounds"]
    medians = f"Medians of {rounds} rounds, interleaved" if rounds > 1 else "One round"
    return (
        f"{medians}. Minibatches of "
        f"{TRAINER['batch_size']} MNIST digits, Adadelta, l2_decay {TRAINER['l2_decay']}.\n"
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}; "
        f"{', '.join(software)}{load}."
    )
