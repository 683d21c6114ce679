"""What saved files are called."""

from __future__ import annotations

import re
from datetime import date

import pytest

from autoencoder.file_names import RUN, file_name
from autoencoder.network_name import describe_network
from autoencoder.session import DEFAULT_DEFINITION
from convnet import Net, parse_definition

DAY = date(2026, 11, 28)


def test_a_file_is_named_after_network_day_and_examples():
    network = describe_network(Net(parse_definition(DEFAULT_DEFINITION)[0]), "adadelta")
    assert (
        file_name(RUN, network, DAY, 120_000)
        == "autoencoder-784-50-50-2-50-50-784-2026-11-28-120000.json"
    )


@pytest.mark.parametrize(
    "network",
    [
        "784–conv 6–…–784, sgd",
        "../../etc, sgd",
        "<b>\0\n\u202eCON:|*?, adam",
        "9" * 500 + ", sgd",
        "",
    ],
)
def test_names_are_safe_and_not_long_whatever_the_network_is_called(network):
    name = file_name(RUN, network, DAY, 10**15)
    assert re.fullmatch(r"autoencoder-[a-z0-9-]*\.json", name)
    assert len(name) <= 120
    assert name.endswith("-2026-11-28-1000000000000000.json")
