"""Random numbers: how all of them are drawn, and how a run keeps its place among them.

random = generator(seed=0, stream=ORDER)
again = generator_from_json(generator_to_json(random))  # draws the same from here on
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np

from convnet.fields import Fields

WORDS = 4  # of SFC64's state
BITS = 64

ORDER, CORRUPTION, DROPOUT = range(3)
"""Streams of a run's seed, one for each thing that chance decides: another of one leaves the others
as they are. Initial weights come from the seed's own."""

NEW_SEEDS = 1_000_000
"""Seeds that are drawn are below it, so that people can read them out."""


def generator(seed: int | None = None, stream: int | None = None) -> np.random.Generator:
    """A generator that draws the same for the same seed, and something else each time for None.

    Streams of one seed, each by its number, know nothing of each other nor of the seed's own.
    It is SFC64 (Doty-Humphrey, PractRand): additions and shifts of 64 bits only, which in
    WebAssembly take less than half as long as the products of 128 bits in NumPy's default.
    """
    key = () if stream is None else (stream,)
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=key)))


def new_streams(seed: int) -> tuple[np.random.Generator, np.random.Generator]:
    """What a run draws from that begins with a seed: its order and its corruption."""
    return generator(seed, ORDER), generator(seed, CORRUPTION)


def new_seed() -> int:
    """A seed for a run that nobody gave one, another each time."""
    return int(generator().integers(NEW_SEEDS))


def generator_to_json(random: np.random.Generator) -> dict[str, Any]:
    """The state of a generator as a dict for JSON.

    Its words are in hexadecimal, since JSON's readers round large numbers.
    """
    state = random.bit_generator.state
    return {
        "bit_generator": state["bit_generator"],
        "state": "".join(f"{word:016x}" for word in state["state"]["state"].tolist()),
        "has_uint32": state["has_uint32"],
        "uinteger": state["uinteger"],
    }


def generator_from_json(state: object, where: str) -> np.random.Generator:
    """A generator that goes on where the saved one stood; from a PCG64's state, somewhere else.

    Args:
        state: what `generator_to_json` wrote.
        where: what messages call it.

    Raises:
        ConvNetError: this is not the state of a generator.
    """
    fields = Fields(state, where)
    if fields.choice("bit_generator", ["SFC64", "PCG64"]) == "PCG64":
        # What runs drew from before; its state makes as good a seed.
        return generator(fields.hexadecimal("state", 128))
    number = fields.hexadecimal("state", WORDS * BITS)
    words = [number >> BITS * i & 2**BITS - 1 for i in reversed(range(WORDS))]
    random = generator(0)
    random.bit_generator.state = {
        "bit_generator": "SFC64",
        "state": {"state": np.array(words, np.uint64)},
        "has_uint32": fields.whole("has_uint32", 0, 1),
        "uinteger": fields.whole("uinteger", 0, 2**32 - 1),
    }
    return random


def streams_from_json(session: Fields) -> tuple[np.random.Generator, np.random.Generator]:
    """What a snapshot's run draws from next: its order and its corruption.

    Runs that were saved when both came from one generator go on from that one's state.

    Raises:
        ConvNetError: it does not say that.
    """
    where = f"{session.where}: random"
    state = session.mapping("random")
    if "bit_generator" in state:
        order = generator_from_json(state, where)
        return order, generator(int(deepcopy(order).integers(2**63)), CORRUPTION)
    fields = Fields(state, where)
    order, corruption = (
        generator_from_json(fields.mapping(name), f"{where}: {name}")
        for name in ("order", "corruption")
    )
    return order, corruption
