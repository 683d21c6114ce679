"""Records: a network and its run as bytes, which are quickly made and read, for a browser to keep.

    pieces = [bytes(piece) for piece in save(trainer, definitions_of(net.layers), session)]
    snapshot = finish(load_in_steps(pieces))
    snapshot.trainer.train(x, y)  # the same bits as if it had never been saved

The first piece is JSON in UTF-8:

    {"version": 1, "layers": [...], "options": {"method": "adadelta", ...}, "updates": 1000,
     "random": generator_to_json(net.random), "session": {...}}

The others are one array after the other, little-endian float32 as they lie in memory, whatever
their boundaries: the parameters, and then what the update rule remembers, in its order. Files for
people and for other software are snapshots, see `convnet.snapshot`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from convnet.chance import generator_from_json, generator_to_json
from convnet.compute import NumPy
from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.json_text import parse_json_in_steps
from convnet.limits import MAX_COUNT
from convnet.net import Net
from convnet.snapshot import Snapshot, check_accumulator
from convnet.steps import Steps
from convnet.trainer import Trainer

VERSION = 1
WHERE = "The record"

PIECE = 2**20
"""Bytes of an array that make a piece: copying one takes far less than a frame."""

LONGEST_DESCRIPTION = 4_000_000
"""Bytes of a first piece: many times what the longest definition and curve take."""


def save(
    trainer: Trainer,
    layer_defs: Sequence[Mapping[str, Any]],
    session: Mapping[str, Any],
    random: np.random.Generator,
) -> list[bytes | memoryview]:
    """A record's pieces; all but the first lie in memory that training changes.

    Args:
        trainer: the trainer, and by it the network.
        layer_defs: definitions of the network's layers.
        session: what the application needs to go on, fit for JSON.
        random: the generator that the network is to go on with.
    """
    state = trainer.state
    description = {
        "version": VERSION,
        "layers": list(layer_defs),
        "options": dict(vars(trainer.options)),
        "updates": state.updates,
        "random": generator_to_json(random),
        "session": dict(session),
    }
    pieces: list[bytes | memoryview] = [json.dumps(description).encode()]
    for array in state.arrays:
        data = memoryview(array.astype("<f4", copy=False)).cast("B")
        pieces += (data[start : start + PIECE] for start in range(0, len(data), PIECE))
    return pieces


def load_in_steps(pieces: Iterable[bytes], backend: NumPy | None = None) -> Steps[Snapshot]:
    """Reads a record, in steps.

    Args:
        pieces: what `save` made, in order; they may be cut anew after the first.
        backend: what computes; None is the fastest that there is.

    Raises:
        ConvNetError: it is no record that can be used.
    """
    pieces = iter(pieces)
    fields = Fields((yield from _described(bytes(next(pieces, b"")))), WHERE)
    fields.whole("version", VERSION, VERSION)
    layer_defs = [Fields(each, f"{WHERE}: layers").as_dict() for each in fields.items("layers")]
    net = yield from Net.in_steps(layer_defs, seed=0, backend=backend)
    trainer = Trainer(net, **fields.mapping("options"))
    trainer.rule.updates = fields.whole("updates", 0, MAX_COUNT)
    random = generator_from_json(fields.mapping("random"), f"{WHERE}: random")
    net.random.bit_generator.state = random.bit_generator.state
    state = trainer.state
    yield from _fill(state.arrays, pieces)
    if not np.isfinite(state.parameters).all():
        raise ConvNetError(f"{WHERE} holds a parameter that is not a finite number.")
    for name, values in state.accumulators.items():
        check_accumulator(trainer.rule, name, values, fields)
        yield
    return Snapshot(net, trainer, dict(fields.mapping("session")))


def _described(data: bytes) -> Steps[dict[str, Any]]:
    """The first piece, as Python objects."""
    if len(data) > LONGEST_DESCRIPTION:
        raise ConvNetError(f"{WHERE} is damaged: its description is too long.")
    try:
        return (yield from parse_json_in_steps(data.decode()))
    except (UnicodeDecodeError, ValueError):
        raise ConvNetError(f"{WHERE} is damaged: its description is not JSON.") from None


def _fill(arrays: Iterable[np.ndarray], pieces: Iterator[bytes]) -> Steps[None]:
    """Fills arrays with the bytes of pieces, which have to be as many."""
    piece = memoryview(b"")
    for array in arrays:
        raw = memoryview(array).cast("B")
        while raw:
            if not piece:
                following = next(pieces, None)
                if following is None:
                    raise ConvNetError(f"{WHERE} is damaged: it ends too early.")
                piece = memoryview(following)
            count = min(len(piece), len(raw))
            raw[:count] = piece[:count]
            piece, raw = piece[count:], raw[count:]
            yield
    if piece or any(pieces):
        raise ConvNetError(f"{WHERE} is damaged: it goes on after its end.")
