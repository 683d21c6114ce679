"""Random numbers come from one kind of generator, and go on where a run was saved."""

from __future__ import annotations

import json

import numpy as np
import pytest

from convnet import ConvNetError
from convnet.chance import generator, generator_from_json, generator_to_json


def test_the_same_seed_draws_the_same_and_no_seed_something_else():
    draws = [generator(seed).integers(2**63, size=4).tolist() for seed in (1, 1, 2, None, None)]
    assert draws[0] == draws[1]
    assert len({tuple(draw) for draw in draws}) == 4


def test_streams_of_one_seed_are_not_each_other_nor_the_seeds_own():
    streams = [(5,), (5, 0), (5, 1), (6, 0), (None, 0), (None, 0)]
    draws = [generator(*stream).integers(2**63, size=4).tolist() for stream in streams]
    assert len(set(map(tuple, draws))) == len(streams)
    assert generator(5, 1).integers(2**63, size=4).tolist() == draws[2]


@pytest.mark.parametrize("drawn", [0, 3, 4])
def test_a_generator_goes_on_from_its_json(drawn):
    random = generator(3)
    random.integers(5, size=drawn, dtype=np.uint32)  # of each 64 bits, half may be left over
    again = generator_from_json(json.loads(json.dumps(generator_to_json(random))), "random")
    later = [each.integers(2**32, size=9, dtype=np.uint32).tolist() for each in (random, again)]
    assert later[0] == later[1]


def test_a_run_that_was_saved_with_another_generator_still_opens():
    saved = {"bit_generator": "PCG64", "state": f"{2**127:x}", "inc": "1"}
    first, same = (generator_from_json(saved, "random").integers(2**63) for _ in range(2))
    other = generator_from_json(saved | {"state": "5"}, "random").integers(2**63)
    assert first == same != other
    with pytest.raises(ConvNetError, match=r"^random: state "):
        generator_from_json(saved | {"state": "x"}, "random")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bit_generator", "MT19937"),
        ("state", "xyz"),
        ("state", "f" * 65),
        ("state", 5),
        ("has_uint32", 2),
        ("uinteger", -1),
        ("uinteger", 2**32),
    ],
)
def test_what_is_no_state_is_refused(field, value):
    with pytest.raises(ConvNetError, match=f"^random: {field} "):
        generator_from_json(generator_to_json(generator(0)) | {field: value}, "random")
