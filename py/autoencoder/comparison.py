"""Runs beside each other: what was set otherwise, and what came of it.

other = yield from from_record("A: deep", pieces[0], entry.loss)
session.compare([other])
for row in rows([of_session(session), other]):
    row.label, row.values  # "noise", ["10%", "50%"]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from autoencoder.history import MOST_LOSS, LossCurve
from convnet.construction import layers_from_definitions
from convnet.corruption import NO_CORRUPTION, Corruption
from convnet.errors import ConvNetError
from convnet.fields import Fields, is_number
from convnet.json_text import parse_json_in_steps
from convnet.layers import Layer
from convnet.limits import MAX_COUNT
from convnet.net import MAX_SEED
from convnet.options import TrainerOptions
from convnet.record import LONGEST_DESCRIPTION
from convnet.steps import Steps

if TYPE_CHECKING:
    from autoencoder.session import Session

MOST = 4
"""Runs beside the page's own whose curves can be told apart without colour."""

WHERE = "The kept run's description"
NOTHING = "–"
ONLY_OF = {
    "learning_rate": ("sgd", "adagrad", "windowgrad", "nesterov", "adam"),
    "momentum": ("sgd", "nesterov"),
    "ro": ("adadelta", "windowgrad"),
    "eps": ("adagrad", "adadelta", "windowgrad", "adam"),
    "beta1": ("adam",),
    "beta2": ("adam",),
}
"""Methods that heed an option, where not all do."""


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A run as it is compared with others.

    Attributes:
        title: what it is called.
        settings: what was set, as people read it, by what that is called.
        details: the same of single layers.
        examples: how many it has been trained on.
        seconds: how long that took.
        loss: averaged over the last updates; None before the first.
        test_loss: on test digits; None where it was not measured.
        class_agreement: of their codes; likewise.
        curve: its loss graph.
    """

    title: str
    settings: Mapping[str, str]
    details: Mapping[str, str]
    examples: int
    seconds: float
    loss: float | None
    test_loss: float | None
    class_agreement: float | None
    curve: LossCurve


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table.

    Attributes:
        label: what is compared.
        values: one for each run.
    """

    label: str
    values: list[str]


def from_record(title: str, description: bytes, loss: float | None) -> Steps[Compared]:
    """A kept run, in steps; it may have been written by anyone.

    Args:
        title: what it is called.
        description: its record's first piece.
        loss: its loss, as the list has it.

    Raises:
        ConvNetError: this is no description.
    """
    if len(description) > LONGEST_DESCRIPTION:
        raise ConvNetError(f"{WHERE} is too long.")
    values = yield from parse_json_in_steps(description.decode(errors="replace"))
    fields = Fields(values, WHERE)
    session = Fields(fields.mapping("session"), f"{WHERE}: session")
    layer_defs = fields.items("layers")
    layers = layers_from_definitions(layer_defs)
    options = TrainerOptions(**fields.mapping("options"))
    measured = Fields(session.mapping("measured", default={}), f"{WHERE}: measured")
    yield
    return Compared(
        title=title,
        settings=_settings(
            layers,
            options,
            Corruption.from_json(session, NO_CORRUPTION),
            session.whole("seed", 0, MAX_SEED),
        ),
        details=_details(layer_defs),
        examples=session.whole("examples_seen", 0, MAX_COUNT),
        seconds=session.number("seconds", 0, default=0.0),
        loss=loss,
        test_loss=_measured(measured, "loss", MOST_LOSS),
        class_agreement=_measured(measured, "class_agreement", 1),
        curve=LossCurve.from_json(session.mapping("curve", default={})),
    )


def of_session(session: Session) -> Compared:
    """The run that is on the page, as it stands."""
    run, latest = session.run, session.measures.latest
    return Compared(
        title="This run",
        settings=_settings(run.net.layers, run.trainer.options, run.corruption, run.seed),
        details=_details(run.layer_defs),
        examples=run.examples_seen,
        seconds=session.seconds,
        loss=session.averages.loss,
        test_loss=latest and latest.loss,
        class_agreement=latest and latest.class_agreement,
        curve=session.curve,
    )


def rows(runs: Sequence[Compared]) -> list[Row]:
    """What differs among runs, and how far each has come."""
    return [
        *_differing([run.settings for run in runs]),
        *(_differing([run.details for run in runs]) if _have_equal_layers(runs) else []),
        Row("examples", [f"{run.examples:,}" for run in runs]),
        Row("time trained", [duration(run.seconds) for run in runs]),
        Row("loss", [_fixed(run.loss, 2) for run in runs]),
        Row("test loss", [_fixed(run.test_loss, 2) for run in runs]),
        Row("class agreement", [_fixed(run.class_agreement, 3) for run in runs]),
    ]


def duration(seconds: float) -> str:
    """A time as people read it: "45 s", "3 min 20 s", "2 h 5 min"."""
    minutes, rest = divmod(int(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min {rest} s"


def layers_in_words(layers: Sequence[Layer]) -> str:
    """Each layer with weights by its size, and what follows it up to the next one, such as
    "784 – 50 tanh – 2 – 50 tanh – 784".
    """
    parts: list[str] = []
    for layer in layers:
        if layer.type in ("input", "fc"):
            parts.append(str(prod(layer.out_shape)))
        elif layer.type in ("conv", "pool"):
            parts.append(f"{layer.type} {layer.out_shape[2]}")
        elif layer.type != "regression":
            parts[-1] += f" {layer.type}"
    return " – ".join(parts)


# Inside


def _settings(
    layers: Sequence[Layer], options: TrainerOptions, corruption: Corruption, seed: int
) -> dict[str, str]:
    of_trainer = {}
    for name, value in vars(options).items():
        is_heeded = name not in ONLY_OF or options.method in ONLY_OF[name]
        of_trainer[name.replace("_", " ")] = _shown(value) if is_heeded else NOTHING
    network = {"network": layers_in_words(layers)}
    return network | of_trainer | {"noise": str(corruption), "seed": f"{seed}"}


def _details(layer_defs: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """All fields of all layers."""
    return {
        f"layer {index}: {name}": _shown(value)
        for index, layer in enumerate(layer_defs)
        for name, value in layer.items()
    }


def _have_equal_layers(runs: Sequence[Compared]) -> bool:
    return len({run.settings["network"] for run in runs}) == 1


def _differing(settings: Sequence[Mapping[str, str]]) -> Iterator[Row]:
    """A row for each setting that is not the same everywhere."""
    for label in dict.fromkeys(label for each in settings for label in each):
        values = [each.get(label, NOTHING) for each in settings]
        if len(set(values)) > 1:
            yield Row(label, values)


def _measured(fields: Fields, name: str, most: float) -> float | None:
    return fields.number(name, 0, most) if name in fields else None


def _fixed(value: float | None, places: int) -> str:
    return NOTHING if value is None else f"{value:,.{places}f}"


def _shown(value: object) -> str:
    return f"{value:g}" if is_number(value) else str(value)
