"""The controls' own state: what is paused, which layer and neurons are chosen, what is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide.ffi import JsProxy, create_proxy
from pyscript import document

from autoencoder.page import Text, element, make
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session

REPLACING = (("reload", "click"), ("load-json", "click"), ("open-json", "change"))
"""What asks for another network, and by which event."""


class StatusView(View):
    """Labels and buttons that follow the session. Drawn in every frame, so that a click shows."""

    def __init__(self) -> None:
        super().__init__(document.body)
        self._pause = Text(element("pause"))
        self._cycle_status = Text(element("cycle-status"))
        self._noise = Text(element("noise-value"))
        self._hint = Text(element("learning-rate-hint"))
        self._definition_hint = Text(element("definition-hint"))
        self._interruption = Text(element("interruption"))
        self._typing = False
        note = create_proxy(self._note_typing)
        for name, event in REPLACING:
            element(name).addEventListener(event, note)
        element("definition").addEventListener("input", note)
        self._shown: tuple | None = None
        self._generation = -1
        self._learning_rate: float | None = None

    def draw(self, session: Session) -> None:
        """Writes what has changed since the last frame."""
        options = session.trainer.options
        state = (
            session.generation,
            session.paused,
            session.map_layer,
            *session.map_neurons,
            session.noise,
            options.learning_rate,
            session.interruption_s,
        )
        if state == self._shown:
            return
        self._shown = state
        document.body.dataset.state = "paused" if session.paused else "training"
        self._pause.show("Resume" if session.paused else "Pause")
        self._noise.show(f"{session.noise:.0%}", session.noise)
        element("noise").value = str(round(100 * session.noise))
        self._show_learning_rate(session)
        if session.generation != self._generation:
            self._generation = session.generation
            self._make_layer_buttons(session)
            if not self._typing:
                element("definition").value = session.definition
        self._show_map_choice(session)
        self._interruption.show(describe_interruption(session.interruption_s))

    def _note_typing(self, event: JsProxy) -> None:
        """What the visitor types after asking for another network is not overwritten by it."""
        self._typing = event.type == "input"

    def _show_learning_rate(self, session: Session) -> None:
        options = session.trainer.options
        field = element("learning-rate")
        # What the visitor is typing stays, unless the rate itself has changed.
        if options.learning_rate != self._learning_rate:
            self._learning_rate = options.learning_rate
            field.value = f"{options.learning_rate:g}"
            field.dataset.value = str(options.learning_rate)
        used = session.trainer.rule.uses_learning_rate
        for control in (field, element("change-learning-rate")):
            control.disabled = not used
        method = options.method.capitalize()
        self._hint.show("" if used else f"{method} sizes its own steps and ignores it.")
        self._definition_hint.show(describe_rates(session))

    def _make_layer_buttons(self, session: Session) -> None:
        group = element("layers")
        group.replaceChildren()
        for index, layer in enumerate(session.net.layers[1:-1], start=1):
            label = f"{layer.type}({layer.out_shape[2]})"
            group.append(make("button", label, type_="button", data_layer=str(index)))

    def _show_map_choice(self, session: Session) -> None:
        for button in element("layers").children:
            chosen = button.dataset.layer == str(session.map_layer)
            button.setAttribute("aria-pressed", "true" if chosen else "false")
        self._cycle_status.show(describe_map(session))
        element("cycle").disabled = session.map_depth < 2


def describe_rates(session: Session) -> str:
    """What is to be said where the trainer's learning rate is not the definition's any more."""
    defined, rate = session.defined_rate, session.trainer.learning_rate
    if defined in (None, rate) or not session.trainer.rule.uses_learning_rate:
        return ""
    return f"The text says a learning rate of {defined:g}, but this run trains with {rate:g} now."


def describe_interruption(seconds: float | None) -> str:
    """What is to be said after no frames came for so long."""
    if seconds is None:
        return ""
    return f"Training stood still for {seconds:,.0f} s, as it does while a page is hidden."


def describe_map(session: Session) -> str:
    """Which neurons place the digits on the map."""
    layer = session.net.layers[session.map_layer]
    name = f"layer {session.map_layer}, {layer.type}({session.map_depth})"
    across, upward = session.map_neurons
    if session.map_depth == 1:
        return f"Drawing the one neuron of {name} (across) and the class (upward)"
    return f"Drawing neurons {across} (across) and {upward} (upward) of {name}"
