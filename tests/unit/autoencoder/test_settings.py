"""The table of what a visitor can set: each line sets what it gets, and refuses what cannot be."""

from __future__ import annotations

import math

import pytest
from sessions import SMALL, state, train

from autoencoder.settings import SETTINGS, Lives, actions, read, written
from convnet import ConvNetError
from convnet.corruption import Corruption
from convnet.steps import finish

BY_NAME = {setting.name: setting for setting in SETTINGS}
OTHERS = {
    "paused": True,
    "speed": 10.0,
    "examples": 5000,
    "stop_loss": 21.5,
    "background": True,
    "keys": False,
    "noise": Corruption("gaussian", 0.25),
    "learning_rate": 0.25,
    "map_layer": 2,
    "map_pair": (1, 0),
    "hold": 5.0,
    "kept": True,
    "own_noise": True,
}


def test_names_and_elements_are_there_once():
    assert len(BY_NAME) == len(SETTINGS) == len({setting.element for setting in SETTINGS})


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_session_begins_with_the_defaults(session, setting):
    value = setting.get(session)
    assert setting.default(session) in (value, None)
    assert setting.kind.read(setting.kind.write(value)) == value


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_set_is_what_is_got(session, name):
    setting = BY_NAME[name]
    setting.set(session, setting.kind.read(setting.kind.write(OTHERS[name])))
    assert setting.get(session) == OTHERS[name]


def test_setting_a_definition_makes_its_network(session):
    setting = BY_NAME["definition"]
    finish(setting.set(session, SMALL))
    assert setting.get(session) == SMALL
    assert session.run.net.layers[1].num_outputs == 4


def test_setting_a_seed_makes_the_network_anew_from_it(session):
    setting = BY_NAME["seed"]
    before = session.run.net.parameters.copy()
    for seed in (7, 1):
        finish(setting.set(session, setting.kind.read(str(seed))))
        assert setting.get(session) == seed
        assert (session.run.net.parameters == before).all() == (seed == 1)


@pytest.mark.parametrize(
    ("text", "rate"), [("0.5", 0.5), (" 1e-3 ", 1e-3), ("0", 0), ("2", 2), ("+.25", 0.25)]
)
def test_a_learning_rate_as_typed_is_the_trainers(session, text, rate):
    setting = BY_NAME["learning_rate"]
    setting.set(session, setting.kind.read(text))
    assert session.run.trainer.learning_rate == rate


@pytest.mark.parametrize(
    "text",
    ["abc", "", " ", "nan", "inf", "-inf", "-1", "1e999", "0,1", "0.1 0.2", "1j", "9" * 9999],
)
def test_a_learning_rate_that_cannot_be_used_changes_nothing(session, text):
    setting = BY_NAME["learning_rate"]
    train(session, 2)
    before = state(session)
    with pytest.raises(ConvNetError, match=r"learning.rate"):
        setting.set(session, setting.kind.read(text))
    assert state(session) == before


def test_no_layer_but_a_hidden_one_can_place_the_digits(session):
    setting = BY_NAME["map_layer"]
    before = setting.get(session)
    for index in (0, 11, 99):
        with pytest.raises(ConvNetError, match=f"There is no layer {index}"):
            setting.set(session, index)
    assert setting.get(session) == before


def test_where_to_stop_is_kept_in_links_and_runs_and_an_empty_text_is_nowhere(
    session,
):
    for lives in (Lives.ADDRESS, Lives.RUN):
        assert written(session, lives)["examples"] == ""
        finish(read(session, {"examples": "5000", "stop_loss": "20"}, lives))
        assert written(session, lives)["examples"] == "5000"
        assert written(session, lives)["stop_loss"] == "20"
        finish(read(session, {"examples": "", "stop_loss": ""}, lives))
        assert not session.stops


def test_what_cannot_be_a_stop_or_a_speed_is_told_and_changes_nothing(session):
    texts = {"examples": "-1", "stop_loss": "low", "speed": "1e9", "noise": "35"}
    complaints = finish(read(session, texts, Lives.ADDRESS))
    assert len(complaints) == 3
    assert not session.stops
    assert session.updates_per_second == math.inf
    assert session.run.corruption == Corruption("masking", 0.35)


def test_every_key_does_one_thing_and_all_of_them_say_what():
    keys = [action.key for action in actions()]
    assert keys == [" ", ".", "s", "o", "m", "?"]
    assert all(action.does and action.element for action in actions())
