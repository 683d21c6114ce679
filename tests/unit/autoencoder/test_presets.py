"""Presets: each is a link that can be opened, and is what the address then says."""

from __future__ import annotations

import math

import pytest
from sessions import train

from autoencoder.link import described, open_link, read_address
from autoencoder.presets import PRESETS
from convnet import ConvNetError
from convnet.steps import finish


def test_there_are_presets_of_every_kind():
    names = [preset.name for preset in PRESETS]
    assert len(set(names)) == len(names) == 8


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_opens_trains_and_is_what_the_address_then_says(session, preset):
    texts = read_address("", preset.address)
    assert finish(open_link(session, texts)) == {}
    assert described(session) == dict(preset.texts) == texts
    train(session, 5)
    assert math.isfinite(session.averages.loss)
    assert preset.line.endswith(".")


def test_the_one_that_diverges_does_and_goes_on_with_the_rate_that_its_line_names(session):
    (preset,) = [preset for preset in PRESETS if preset.name == "Diverging"]
    finish(open_link(session, preset.texts))
    with pytest.raises(ConvNetError, match="stopped being a finite number"):
        train(session, 400)
    assert "0.001" in preset.line
    session.set_learning_rate(0.001)
    session.set_paused(False)
    train(session, 400)
    assert session.averages.loss < 30
