"""The controls' own state: what is paused, which layer and neurons are chosen, what is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyscript import document

from autoencoder.page import Text, element, make
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session


class StatusView(View):
    """Labels and buttons that follow the session. Drawn in every frame, so that a click shows."""

    def __init__(self) -> None:
        super().__init__(document.body)
        self._pause = Text(element("pause"))
        self._cycle_status = Text(element("cycle-status"))
        self._noise = Text(element("noise-value"))
        self._hint = Text(element("learning-rate-hint"))
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
            element("definition").value = session.definition
        self._show_map_choice(session)

    def _show_learning_rate(self, session: Session) -> None:
        options = session.trainer.options
        field = element("learning-rate")
        # What the visitor is typing stays, unless the rate itself has changed.
        if options.learning_rate != self._learning_rate:
            self._learning_rate = options.learning_rate
            field.value = f"{options.learning_rate:g}"
            field.dataset.value = str(options.learning_rate)
        adadelta = options.method == "adadelta"
        self._hint.show("Adadelta sizes its own steps and ignores it." if adadelta else "")

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


def describe_map(session: Session) -> str:
    """Which neurons place the digits on the map."""
    layer = session.net.layers[session.map_layer]
    name = f"layer {session.map_layer}, {layer.type}({session.map_depth})"
    across, upward = session.map_neurons
    if session.map_depth == 1:
        return f"Drawing the one neuron of {name} (across) and the class (upward)"
    return f"Drawing neurons {across} (across) and {upward} (upward) of {name}"
