"""What a visitor can set: one table, from which controls and status are made.

    for setting in SETTINGS:
        print(setting.name, setting.get(session))

To add a setting, write its line here, and its element into index.html.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autoencoder.example import HOLD_S, HOLDS_S
from autoencoder.kinds import Choice, Kind, Layer, Number, Percentage, Switch, Typed
from autoencoder.session import DEFAULT_DEFINITION, Session
from convnet.minibatch import DEFAULT_NOISE, MAX_NOISE
from convnet.options import MAX_RATE
from convnet.run import MOST_CHARACTERS


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that a visitor can set.

    Attributes:
        name: what it is called wherever it is kept.
        element: id of the control that shows it.
        kind: what it may be, and how a control holds it.
        default: what it is where nobody has set it; None where that depends on the network.
        get: what it is now.
        set: makes it something else; raises ConvNetError for what it cannot be.
    """

    name: str
    element: str
    kind: Kind
    default: Any
    get: Callable[[Session], Any]
    set: Callable[[Session, Any], Any]


SETTINGS = (
    Setting(
        name="paused",
        element="pause",
        kind=Switch("Pause", "Resume"),
        default=False,
        get=lambda session: session.paused,
        set=lambda session, value: session.set_paused(value),
    ),
    Setting(
        name="noise",
        element="noise",
        kind=Percentage(MAX_NOISE, step=0.05),
        default=DEFAULT_NOISE,
        get=lambda session: session.run.noise,
        set=lambda session, value: session.set_noise(value),
    ),
    Setting(
        name="learning_rate",
        element="learning-rate",
        kind=Number("The learning rate", 0, MAX_RATE),
        default=None,
        get=lambda session: session.run.trainer.learning_rate,
        set=lambda session, value: session.set_learning_rate(value),
    ),
    Setting(
        name="definition",
        element="definition",
        kind=Typed("The definition", MOST_CHARACTERS),
        default=DEFAULT_DEFINITION,
        get=lambda session: session.run.definition,
        set=lambda session, value: session.reload(value),
    ),
    Setting(
        name="map_layer",
        element="layers",
        kind=Layer(),
        default=None,
        get=lambda session: session.digit_map.layer,
        set=lambda session, value: session.digit_map.choose_layer(value),
    ),
    Setting(
        name="hold",
        element="hold",
        kind=Choice("The time", HOLDS_S, "s"),
        default=HOLD_S,
        get=lambda session: session.example.hold_s,
        set=lambda session, value: session.example.hold_for(value),
    ),
    Setting(
        name="kept",
        element="keep",
        kind=Switch("Keep it", "Let it go"),
        default=False,
        get=lambda session: session.example.kept,
        set=lambda session, value: session.example.keep(value),
    ),
)
