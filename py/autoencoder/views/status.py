"""The controls' own state: each shows what is set now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide.ffi import JsProxy, create_proxy
from pyscript import document

from autoencoder.kinds import (
    Choice,
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
from autoencoder.page import Text, element, make
from autoencoder.settings import SETTINGS, Setting
from autoencoder.stops import Stops
from autoencoder.views.layers import mark_layer, show_layers
from autoencoder.views.view import View
from convnet.corruption import KINDS, Corruption

if TYPE_CHECKING:
    from autoencoder.session import Session

MAKING = ("reload", "change-seed", "dice", "restart")
"""What asks for a network that has no text of its own: what the visitor types meanwhile stays."""


class StatusView(View):
    """Labels and controls that follow the session. Drawn in every frame, so that a click shows."""

    def __init__(self) -> None:
        super().__init__(document.body)
        self._shown: dict[str, object] = {}
        self._show = {
            Choice: _show_in_list,
            Layer: _show_in_row,
            Maybe: _show_number,
            Noise: _show_on_slider,
            Number: _show_number,
            OneOf: _show_in_list,
            Pair: _show_nowhere,
            Switch: _show_on_button,
            Typed: self._show_text,
            Whole: _show_number,
        }
        for setting in SETTINGS:
            _prepare(setting)
        self._hint = Text(element("learning-rate-hint"))
        self._definition_hint = Text(element("definition-hint"))
        self._l1_hint = Text(element("l1-hint"))
        self._map = Text(element("cycle-status"))
        self._interruption = Text(element("interruption"))
        self._stop = Text(element("stop-status"))
        self._asked: str | None = None  # the definition of the network that is being made
        note = create_proxy(self._note_making)
        for name in MAKING:
            element(name).addEventListener("click", note)

    def renew(self, session: Session) -> None:
        """Makes another network's row of layers, and shows its definition also where it is equal to
        the last one: something else may be in the field.
        """
        show_layers(session.run.net, element("layers"))
        for name in ("map_layer", "definition"):
            self._shown.pop(name, None)

    def draw(self, session: Session) -> None:
        """Writes what has changed since the last frame."""
        values = {setting.name: setting.get(session) for setting in SETTINGS}
        values |= {"run": session.run, "interruption": session.interruption_s}
        values["stop"] = session.reached_stops if session.paused else Stops()
        if values == self._shown:
            return
        for setting in SETTINGS:
            value = values[setting.name]
            # What the visitor is typing stays, unless the value itself has changed.
            if setting.name not in self._shown or self._shown[setting.name] != value:
                self._show[type(setting.kind)](setting, value)
        self._shown = values
        document.body.dataset.state = "paused" if session.paused else "training"
        rule = session.run.trainer.rule
        element("rate").classList.toggle("unused", not rule.uses_learning_rate)
        for name in ("learning-rate", "change-learning-rate"):
            element(name).disabled = not rule.uses_learning_rate
        self._hint.show(describe_rule(session))
        self._definition_hint.show(describe_rates(session))
        self._l1_hint.show(describe_l1_decay(session))
        self._map.show(describe_map(session))
        element("cycle").disabled = session.digit_map.depth < 2
        self._interruption.show(describe_interruption(session.interruption_s))
        self._stop.show(describe_stop(values["stop"]))

    def _note_making(self, click: JsProxy) -> None:
        is_typed = click.currentTarget.id == "reload"
        self._asked = element("definition").value if is_typed else self._shown.get("definition")

    def _show_text(self, setting: Setting, value: str) -> None:
        if value != self._asked:
            element(setting.element).value = value
        self._asked = None


def _prepare(setting: Setting) -> None:
    """Lets a control hold what its setting may be."""
    control, kind = element(setting.element), setting.kind
    if isinstance(kind, (Choice, OneOf)):
        for value in kind.values:
            control.append(make("option", kind.show(value), value=kind.write(value)))
    if isinstance(kind, Noise):
        for name, each in KINDS.items():
            element("corruption").append(make("option", each.label, value=name))


def _show_in_list(setting: Setting, value: float | str) -> None:
    element(setting.element).value = setting.kind.write(value)


def _show_in_row(setting: Setting, value: int) -> None:
    mark_layer(element(setting.element), value)


def _show_nowhere(_setting: Setting, _value: object) -> None:
    """The map's own text tells of its neurons."""


def _show_number(setting: Setting, value: float | None) -> None:
    field = element(setting.element)
    field.value = setting.kind.write(value)
    field.dataset.value = "" if value is None else str(value)


def _show_on_slider(setting: Setting, value: Corruption) -> None:
    slider, kind = element(setting.element), setting.kind
    for name, limit in kind.scale(value.kind).items():
        slider.setAttribute(name, limit)
    slider.value = kind.amount(value.kind, value.strength)
    slider.setAttribute("aria-valuetext", kind.show(value))
    slider.classList.toggle("unused", value.kind == "none")
    output = element(f"{setting.element}-value")
    output.textContent = kind.show(value)
    output.dataset.value = str(value.strength)
    element("corruption").value = value.kind


def _show_on_button(setting: Setting, value: bool) -> None:
    button = element(setting.element)
    button.textContent = setting.kind.show(value)
    if setting.kind.is_pressed_in:
        button.setAttribute("aria-pressed", setting.kind.write(value))


def describe_rule(session: Session) -> str:
    """What is to be said where the trainer has no learning rate."""
    trainer = session.run.trainer
    if trainer.rule.uses_learning_rate:
        return ""
    method = trainer.options.method.capitalize()
    return f"Learning rate: {method} sizes its own steps and ignores it."


def describe_rates(session: Session) -> str:
    """What is to be said where the trainer's learning rate is not the definition's any more."""
    defined, trainer = session.run.defined_rate, session.run.trainer
    if defined in (None, trainer.learning_rate) or not trainer.rule.uses_learning_rate:
        return ""
    return (
        f"The text says a learning rate of {defined:g}, but this run trains with "
        f"{trainer.learning_rate:g} now."
    )


def describe_l1_decay(session: Session) -> str:
    """What is to be said where a trainer has an L1 decay that no layer takes part in."""
    decay = session.run.trainer.options.l1_decay
    if not decay or any(parameter.l1_decay_mul for parameter, _ in session.run.net.segments()):
        return ""
    return (
        f"0, though l1_decay is {decay:g}: as in ConvNetJS, it is multiplied by each layer’s "
        "l1_decay_mul, which is 0 unless set."
    )


def describe_interruption(seconds: float | None) -> str:
    """What is to be said after no frames came for so long."""
    if seconds is None:
        return ""
    return f"Training stood still for {seconds:,.0f} s, as it does while a page is hidden."


def describe_stop(reached: Stops) -> str:
    """What is to be said where training has come to where it was to stop."""
    if reached.examples is not None:
        return f"Paused: the stop at {reached.examples:,} examples is reached. Resume goes on."
    if reached.loss is not None:
        return f"Paused: the stop at a loss of {reached.loss:g} is reached. Resume goes on."
    return ""


def describe_map(session: Session) -> str:
    """Which neurons place the digits on the map."""
    digit_map = session.digit_map
    layer = session.run.net.layers[digit_map.layer]
    name = f"layer {digit_map.layer}, {layer.type}({digit_map.depth})"
    across, upward = digit_map.neurons
    if digit_map.depth == 1:
        return f"The one neuron of {name} (across) and the class (upward)"
    return f"Neurons {across} (across) and {upward} (upward) of {name}"
