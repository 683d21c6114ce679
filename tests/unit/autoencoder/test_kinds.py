"""Kinds of settings: what a control holds is read as a value, and what cannot be is refused."""

from __future__ import annotations

import math

import pytest

from autoencoder.kinds import Choice, Layer, Maybe, Noise, Number, Switch, Typed, Whole
from convnet import ConvNetError
from convnet.corruption import NO_CORRUPTION, Corruption

NOISE = Noise()
NUMBER = Number("The learning rate", 0, 1e6)
CHOICE = Choice("The time", {0.5: "0.5 s", math.inf: "for ever"})
MAYBE = Maybe(Whole("The number of examples", 1000))
SWITCH = Switch("Pause", "Resume")
TEXT = Typed("The definition", 10)


@pytest.mark.parametrize(
    ("kind", "value", "text", "shown"),
    [
        (NOISE, Corruption("masking", 0.35), "35", "35%"),
        (NOISE, Corruption("masking", 0.0), "0", "0%"),
        (NOISE, Corruption("salt_and_pepper", 0.2), "salt_and_pepper:20", "20%"),
        (NOISE, Corruption("gaussian", 0.3), "gaussian:0.3", "0.30"),
        (NOISE, Corruption("square", 8.0), "square:8", "8 px"),
        (NOISE, NO_CORRUPTION, "none", "none"),
        (NUMBER, 0.01, "0.01", "0.01"),
        (NUMBER, 1000.0, "1000", "1000"),
        (CHOICE, 0.5, "0.5", "0.5 s"),
        (CHOICE, math.inf, "inf", "for ever"),
        (MAYBE, None, "", ""),
        (MAYBE, 0, "0", "0"),
        (MAYBE, 50, "50", "50"),
        (SWITCH, True, "true", "Resume"),
        (SWITCH, False, "false", "Pause"),
        (TEXT, "a <b>", "a <b>", "a <b>"),
        (Layer(), 5, "5", "5"),
    ],
)
def test_a_value_is_written_read_and_shown(kind, value, text, shown):
    assert kind.write(value) == text
    assert kind.read(text) == value
    assert kind.show(value) == shown


@pytest.mark.parametrize(
    ("kind", "text", "fault"),
    [
        (NOISE, "95", "The noise must be from 0 to 0.9, but it is 0.95."),
        (NOISE, "-5", "The noise must be"),
        (NOISE, "nan", "The noise must be"),
        (NOISE, "", "The noise must be a number such as 0.01, but the field is empty."),
        (NOISE, "gaussian:2", "The noise must be from 0 to 1, but it is 2."),
        (NOISE, "square:2.5", "The noise must be whole pixels, but it is 2.5."),
        (NOISE, "none:1", "The noise must be 0, but it is 1."),
        (NOISE, "fog:1", "The corruption must be one of none, masking, salt_and_pepper"),
        (NUMBER, "", "The learning rate must be a number such as 0.01, but the field is empty."),
        (NUMBER, "-1", "The learning rate must be a number from 0 to 1,000,000, but it is -1."),
        (NUMBER, "nan", "it is not a number"),
        (NUMBER, "0,1", "write 0.1, with a point"),
        (CHOICE, "3", 'The time must be one of 0.5, inf, but it is "3".'),
        (CHOICE, "", "The time must be one of"),
        (MAYBE, "many", "The number of examples must be a whole number from 0 to 1000"),
        (MAYBE, "1001", "The number of examples must be"),
        (SWITCH, "on", 'must be "true" or "false", but it is "on"'),
        (TEXT, "x" * 11, "The definition has 11 characters; 10 are the most."),
        (Layer(), "five", "must be a whole number"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(kind, text, fault):
    with pytest.raises(ConvNetError) as error:
        kind.read(text)
    assert fault in str(error.value)
    assert str(error.value).endswith(".")


def test_noise_may_be_named_by_its_kind_alone_and_masking_by_its_share():
    assert NOISE.read("gaussian") == Corruption("gaussian", 0.3)
    assert NOISE.read("masking:20") == NOISE.read("20") == Corruption("masking", 0.2)


@pytest.mark.parametrize(
    ("kind", "most", "step"),
    [("masking", "90", "5"), ("gaussian", "1", "0.05"), ("square", "20", "1")],
)
def test_a_slider_is_told_its_ends_and_steps(kind, most, step):
    assert NOISE.scale(kind) == {"min": "0", "max": most, "step": step}


def test_a_field_with_nothing_but_blanks_in_it_is_empty():
    assert MAYBE.read("  ") is None


def test_a_switch_whose_button_always_says_the_same_is_one_that_stays_pressed():
    assert Switch("Train", "Train").is_pressed_in
    assert not SWITCH.is_pressed_in
    assert SWITCH.does == "Pause or resume"
