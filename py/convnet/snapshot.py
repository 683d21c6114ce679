"""Snapshots that resume: a network's JSON, and beside it what continues its run exactly.

    text = "".join(json_pieces(save(net, trainer, session={"examples_seen": 50_000})))
    snapshot = finish(load_in_steps(text))
    snapshot.trainer.train(x, y)  # the same bits as if it had never been saved

The dict is ConvNetJS's, {"layers": [...]}, with one key more that ConvNetJS ignores:

    "convnet_py": {
        "version": 1,
        "random": generator_to_json(net.random),
        "trainer": {
            "options": {"method": "adadelta", ...},
            "updates": 1000,
            "accumulators": {"gsum": "<base64>", ...}
        },
        "session": {...}
    }

Accumulators are the base64 of little-endian numbers of the network's type, float32 or
float64, in the order of `net.parameters`. `session` is the application's; the page and the
command line share the names of `convnet.run`.
Without the key, as in ConvNetJS's own snapshots, there is a network and no more.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from convnet.chance import generator_from_json, generator_to_json
from convnet.compute import NumPy
from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.json_text import parse_snapshot_in_steps
from convnet.limits import MAX_COUNT
from convnet.net import Net
from convnet.steps import Steps
from convnet.trainer import Trainer
from convnet.updates import UpdateRule

KEY = "convnet_py"
VERSION = 1
DECODED = 2**16
"""Characters of base64 that are decoded in one go: a multiple of 4, which make 3 bytes."""


@dataclass(slots=True)
class Snapshot:
    """What a snapshot holds.

    Attributes:
        net: the network.
        trainer: its trainer, where it was saved.
        session: what the application saved; its own to check.
    """

    net: Net
    trainer: Trainer | None = None
    session: dict[str, Any] = field(default_factory=dict)


def save(
    net: Net,
    trainer: Trainer | None = None,
    session: Mapping[str, Any] | None = None,
    random: np.random.Generator | None = None,
) -> dict[str, Any]:
    """A network and the state of its run, copied as they stand, for `json_pieces` to write.

    Args:
        net: the network.
        trainer: its trainer, to go on as if there had been no break.
        session: what the application needs to go on, fit for JSON.
        random: the generator that the network is to go on with, where that is not its own as it
            stands.

    Raises:
        ConvNetError: the network holds a parameter that is not a finite number.
    """
    state: dict[str, Any] = {"version": VERSION, "random": generator_to_json(random or net.random)}
    if trainer is not None:
        state["trainer"] = _trainer_to_json(trainer)
    if session is not None:
        state["session"] = dict(session)
    return net.copy_as_json() | {KEY: state}


def load_in_steps(
    snapshot: str | Mapping[str, Any],
    dtype: DTypeLike = np.float32,
    backend: NumPy | None = None,
) -> Steps[Snapshot]:
    """Reads a snapshot of ours or of ConvNetJS, as JSON text or as a dict.

    Args:
        snapshot: what `save` or ConvNetJS wrote.
        dtype: the type of the network.
        backend: what computes; None is the fastest that there is.

    Raises:
        ConvNetError: it is not a snapshot that can be used; the message says where and why.
    """
    if isinstance(snapshot, str):
        snapshot = yield from parse_snapshot_in_steps(snapshot)
    net = yield from Net.from_json_in_steps(snapshot, dtype, backend=backend)
    if KEY not in snapshot:
        return Snapshot(net)
    fields = Fields(snapshot[KEY], KEY)
    fields.whole("version", VERSION, VERSION)
    random = generator_from_json(
        fields.anything("random", "the state of a generator"), f"{KEY}: random"
    )
    net.random.bit_generator.state = random.bit_generator.state
    trainer = fields.anything("trainer", "a trainer", default=None)
    return Snapshot(
        net,
        trainer=None if trainer is None else (yield from _trainer_from_json(net, trainer)),
        session=dict(fields.mapping("session", default={})),
    )


def _trainer_to_json(trainer: Trainer) -> dict[str, Any]:
    state = trainer.state
    return {
        "options": dict(vars(trainer.options)),
        "updates": state.updates,
        "accumulators": {name: _to_bytes(array) for name, array in state.accumulators.items()},
    }


def _trainer_from_json(net: Net, state: object) -> Steps[Trainer]:
    fields = Fields(state, f"{KEY}: trainer")
    trainer = Trainer(net, **fields.mapping("options"))
    rule = trainer.rule
    rule.updates = fields.whole("updates", 0, MAX_COUNT)
    accumulators = Fields(fields.mapping("accumulators"), f"{fields.where}: accumulators")
    for name, values in trainer.state.accumulators.items():
        if name not in accumulators:
            raise ConvNetError(
                f"{accumulators.where}: incomplete for {trainer.options.method}: {name} is missing."
            )
        values[...] = yield from _decode(accumulators, name, values)
        check_accumulator(rule, name, values, accumulators)
    return trainer


def check_accumulator(rule: UpdateRule, name: str, values: np.ndarray, fields: Fields) -> None:
    """Raises ConvNetError unless an update rule can go on from what it is said to remember."""
    if name in rule.squares:
        # What was saved before they were kept finite may hold an infinite one.
        np.minimum(values, np.finfo(values.dtype).max, out=values)
        if values.min(initial=0) < 0:
            raise fields.error(name, "sums of squares, none below 0")
    if not np.isfinite(values).all():
        raise fields.error(name, "finite numbers")


def _to_bytes(values: np.ndarray) -> bytes:
    """An array's little-endian numbers."""
    return values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()


def _decode(fields: Fields, name: str, like: np.ndarray) -> Steps[np.ndarray]:
    """The array in a field, with as many numbers as another and of its type."""
    expected = f"the base64 of {len(like)} numbers of type {like.dtype}"
    text = fields.text(name)
    data = bytearray()
    try:
        for start in range(0, len(text), DECODED):
            data += base64.b64decode(text[start : start + DECODED], validate=True)
            yield
        values = np.frombuffer(data, like.dtype.newbyteorder("<"))
    except ValueError:  # no base64, or no whole number of numbers
        raise fields.error(name, expected) from None
    if len(values) != len(like):
        raise fields.error(name, expected)
    return values
