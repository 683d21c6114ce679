"""What a visitor can set: one table, from which controls, address, presets, what is kept and the
list of keys are made.

    texts = written(session, Lives.ADDRESS)  # {"seed": "7", "noise": "10", ...}
    complaints = yield from read(session, texts, Lives.ADDRESS)

To add a setting, write its line here, and its element into index.html. What else a key of the
keyboard does has its line in `ACTIONS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Flag, auto
from types import GeneratorType
from typing import Any

from autoencoder.digit_map import MAP_SIZE, MAP_SIZES
from autoencoder.example import HOLD_S, HOLDS_S
from autoencoder.history import MOST_LOSS
from autoencoder.kinds import (
    Choice,
    Kind,
    Layer,
    Maybe,
    Noise,
    Number,
    OneOf,
    Pair,
    Switch,
    Typed,
    Whole,
)
from autoencoder.map_look import PICTURES, STYLES
from autoencoder.session import DEFAULT_DEFINITION, Session
from convnet.corruption import MASKING
from convnet.errors import ConvNetError
from convnet.limits import MAX_COUNT
from convnet.net import MAX_SEED, narrowest_layer
from convnet.options import MAX_RATE
from convnet.run import MOST_CHARACTERS
from convnet.steps import Steps


class Lives(Flag):
    """Where a setting is kept, beside in its control."""

    ADDRESS = auto()  # of the page: a link carries it
    RUN = auto()  # what is saved of the run
    BROWSER = auto()  # for every run in this browser


NOWHERE_ELSE = Lives(0)

SPEEDS = {math.inf: "as fast as it goes", 10.0: "10 a second", 1.0: "1 a second"}
"""How many updates there may be a second."""

IN_BACKGROUND = "Keep training in the background"
USE_KEYS = "Use these keys"
WITH_NOISE = "With noise"


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that a visitor can set.

    Attributes:
        name: what it is called wherever it is kept.
        element: id of the control that shows it.
        kind: what it may be, and how a control holds it.
        default: what it is where nobody has set it, given the session.
        get: what it is now.
        set: makes it something else, or returns the steps that do; raises ConvNetError for what it
            cannot be.
        lives: where it is kept.
        key: of the keyboard, that presses its button, as events name it; empty if there is none.
    """

    name: str
    element: str
    kind: Kind
    default: Callable[[Session], Any]
    get: Callable[[Session], Any]
    set: Callable[[Session, Any], Steps[None] | None]
    lives: Lives = NOWHERE_ELSE
    key: str = ""


SETTINGS = (
    Setting(
        name="seed",
        element="seed",
        kind=Whole("The seed", MAX_SEED),
        default=lambda _: None,
        get=lambda session: session.run.seed,
        set=lambda session, value: session.reload(session.run.definition, value),
        lives=Lives.ADDRESS,
    ),
    Setting(
        name="definition",
        element="definition",
        kind=Typed("The definition", MOST_CHARACTERS),
        default=lambda _: DEFAULT_DEFINITION,
        get=lambda session: session.run.definition,
        set=lambda session, value: session.reload(value),
        lives=Lives.ADDRESS,
    ),
    Setting(
        name="paused",
        element="pause",
        kind=Switch("Pause", "Resume"),
        default=lambda session: session.stopped,
        get=lambda session: session.paused,
        set=lambda session, value: session.set_paused(value),
        lives=Lives.ADDRESS,
        key=" ",
    ),
    Setting(
        name="speed",
        element="speed",
        kind=Choice("The speed", SPEEDS),
        default=lambda _: math.inf,
        get=lambda session: session.updates_per_second,
        set=lambda session, value: session.set_speed(value),
        lives=Lives.ADDRESS,
    ),
    Setting(
        name="examples",
        element="stop-examples",
        kind=Maybe(Whole("The number of examples to stop at", MAX_COUNT)),
        default=lambda _: None,
        get=lambda session: session.stops.examples,
        set=lambda session, value: session.set_stops(examples=value),
        lives=Lives.ADDRESS | Lives.RUN,
    ),
    Setting(
        name="stop_loss",
        element="stop-loss",
        kind=Maybe(Number("The loss to stop at", 0, MOST_LOSS)),
        default=lambda _: None,
        get=lambda session: session.stops.loss,
        set=lambda session, value: session.set_stops(loss=value),
        lives=Lives.ADDRESS | Lives.RUN,
    ),
    Setting(
        name="background",
        element="background",
        kind=Switch(IN_BACKGROUND, IN_BACKGROUND),
        default=lambda _: False,
        get=lambda session: session.in_background,
        set=lambda session, value: setattr(session, "in_background", value),
        lives=Lives.BROWSER,
    ),
    Setting(
        name="keys",
        element="use-keys",
        kind=Switch(USE_KEYS, USE_KEYS),
        default=lambda _: True,
        get=lambda session: session.takes_keys,
        set=lambda session, value: setattr(session, "takes_keys", value),
        lives=Lives.BROWSER,
    ),
    Setting(
        name="noise",
        element="noise",
        kind=Noise(),
        default=lambda _: MASKING,
        get=lambda session: session.run.corruption,
        set=lambda session, value: session.set_corruption(value),
        lives=Lives.ADDRESS,
    ),
    Setting(
        name="learning_rate",
        element="learning-rate",
        kind=Number("The learning rate", 0, MAX_RATE),
        default=lambda session: session.run.defined_rate,
        get=lambda session: session.run.trainer.learning_rate,
        set=lambda session, value: session.set_learning_rate(value),
        lives=Lives.ADDRESS,
    ),
    Setting(
        name="map_layer",
        element="layers",
        kind=Layer(),
        default=lambda session: narrowest_layer(session.run.net),
        get=lambda session: session.digit_map.layer,
        set=lambda session, value: session.digit_map.choose_layer(value),
        lives=Lives.ADDRESS | Lives.RUN,
    ),
    Setting(
        name="map_pair",
        element="cycle",
        kind=Pair(),
        default=lambda session: (0, min(1, session.digit_map.depth - 1)),
        get=lambda session: session.digit_map.neurons,
        set=lambda session, value: session.digit_map.choose_pair(*value),
        lives=Lives.ADDRESS | Lives.RUN,
    ),
    Setting(
        name="map_digits",
        element="map-digits",
        kind=Choice("The number of digits on the map", {n: f"{n:,}" for n in MAP_SIZES}),
        default=lambda _: MAP_SIZE,
        get=lambda session: session.digit_map.count,
        set=lambda session, value: session.digit_map.choose_count(value),
        lives=Lives.ADDRESS,
    ),
    Setting(
        name="map_style",
        element="map-style",
        kind=OneOf("The style of the map", STYLES),
        default=lambda _: PICTURES,
        get=lambda session: session.map_look.style,
        set=lambda session, value: setattr(session.map_look, "style", value),
        lives=Lives.ADDRESS,
    ),
    Setting(
        name="manifold",
        element="manifold",
        kind=Switch("Manifold", "Manifold"),
        default=lambda _: False,
        get=lambda session: session.map_look.manifold,
        set=lambda session, value: setattr(session.map_look, "manifold", value),
        lives=Lives.ADDRESS,
    ),
    Setting(
        name="trails",
        element="trails",
        kind=Switch("Trails", "Trails"),
        default=lambda _: False,
        get=lambda session: session.map_look.trails,
        set=lambda session, value: setattr(session.map_look, "trails", value),
        lives=Lives.ADDRESS,
    ),
    Setting(
        name="log_scales",
        element="log-scales",
        kind=Switch("Log scales", "Log scales"),
        default=lambda _: False,
        get=lambda session: session.log_scales,
        set=lambda session, value: setattr(session, "log_scales", value),
        lives=Lives.ADDRESS,
    ),
    Setting(
        name="test_noise",
        element="test-noise",
        kind=Switch("Test with the same noise", "Test with the same noise"),
        default=lambda _: False,
        get=lambda session: session.measures.with_noise,
        set=lambda session, value: session.measures.set_with_noise(value),
        lives=Lives.ADDRESS,
    ),
    Setting(
        name="hold",
        element="hold",
        kind=Choice("The time", {seconds: f"{seconds:g} s" for seconds in HOLDS_S}),
        default=lambda _: HOLD_S,
        get=lambda session: session.example.hold_s,
        set=lambda session, value: session.example.hold_for(value),
        lives=Lives.BROWSER,
    ),
    Setting(
        name="kept",
        element="keep",
        kind=Switch("Keep it", "Let it go"),
        default=lambda _: False,
        get=lambda session: session.example.kept,
        set=lambda session, value: session.keep_example(value),
    ),
    Setting(
        name="own_noise",
        element="pad-noise",
        kind=Switch(WITH_NOISE, WITH_NOISE),
        default=lambda _: False,
        get=lambda session: session.own_digit.with_noise,
        set=lambda session, value: setattr(session.own_digit, "with_noise", value),
    ),
)


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a visitor can do, and that is no setting.

    Attributes:
        name: what it is called.
        element: id of its button.
        key: of the keyboard, that presses the button, as events name it.
        does: what it does, as the list of keys and the button's tooltip say it.
    """

    name: str
    element: str
    key: str
    does: str


ACTIONS = (
    Action("step", "step", ".", "Train on one minibatch, and pause"),
    Action("save", "download-json", "s", "Save the network as a file"),
    Action("open", "open-json", "o", "Open a saved network"),
    Action("map", "map-full-screen", "m", "Let the map fill the screen, or leave it again"),
    Action("keys", "show-keys", "?", "Show this list of keys"),
)


def actions() -> tuple[Action, ...]:
    """All that a key does, the settings' among it."""
    of_settings = (
        Action(setting.name, setting.element, setting.key, setting.kind.does)
        for setting in SETTINGS
        if setting.key
    )
    return (*of_settings, *ACTIONS)


def written(session: Session, lives: Lives) -> dict[str, str]:
    """The settings that are kept in a place, by name, as text."""
    return {
        setting.name: setting.kind.write(setting.get(session))
        for setting in SETTINGS
        if lives in setting.lives
    }


def read(session: Session, texts: Mapping[str, object], lives: Lives) -> Steps[list[str]]:
    """Sets what was kept in a place, in the table's order; it may have been written by anyone.

    Args:
        session: whose settings they become.
        texts: as `written` gives them. What is not named is left as it is.
        lives: the place.

    Returns:
        A sentence for each that could not be set, and is as it was.
    """
    complaints = []
    for setting in SETTINGS:
        text = texts.get(setting.name)
        if text is None or lives not in setting.lives:
            continue
        try:
            steps = setting.set(session, setting.kind.read(str(text)))
            if isinstance(steps, GeneratorType):
                yield from steps
        except ConvNetError as error:
            complaints.append(str(error))
        yield
    return complaints
