"""Definitions as people write them mean what ConvNetJS makes of them."""

import json
from pathlib import Path

import pytest

from convnet import Net, parse_definition
from convnet.options import TrainerOptions

FIELD = Path(__file__).parents[2] / "golden/definitions/field.json"
CASES = {case["name"]: case for case in json.loads(FIELD.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("name", CASES)
def test_a_users_definition_is_read_as_convnetjs_reads_it(name):
    case = CASES[name]
    definitions, options = parse_definition(case["text"])
    layers = Net(definitions).layers
    built = [[layer.type, *(layer.out_shape[i] for i in (1, 0, 2))] for layer in layers]
    # A loss layer's own output is one column; ConvNetJS records the same.
    assert built == case["layers"]
    assert bool(options) or not case["options"]
    for option, value in (case["options"] or {}).items():
        assert getattr(TrainerOptions(**options), option) == value, option
